// Writes the pid file that engines read. Runs in: creator.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace ocirt::stages {

/// The pid in decimal without a newline, as a whole or not at all. A relative path is the caller's.
Result<> write_pid_file(const std::string& path, pid_t pid);

}  // namespace ocirt::stages
