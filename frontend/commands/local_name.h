// Names of images that are made here.
#pragma once

#include <string>

#include "base/result.h"

namespace ocirt::frontend {

/// The whole name with its tag. One without a registry is this machine's: "localhost/name:latest".
/// Errors: InvalidConfig for what is no name, or has a digest.
Result<std::string> local_name(const std::string& text);

}  // namespace ocirt::frontend
