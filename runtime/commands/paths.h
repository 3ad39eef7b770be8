// Paths of the command line.
#pragma once

#include <string>

#include "base/path.h"
#include "base/result.h"

namespace ocirt::commands {

/// `path` below the current directory, unless it is absolute; without "." and ".." where it exists.
Result<HostPath> absolute_path(const std::string& path);

/// The bundle directory: as given, or the current one. Errors: NotFound, or not a directory.
Result<HostPath> bundle_path(const std::string& path);

}  // namespace ocirt::commands
