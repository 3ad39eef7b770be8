// --ulimit and --device. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::bundle {

/// "nofile=1024:2048", "core=unlimited", or "host": no limits but the caller's own.
/// Errors: InvalidConfig.
Result<model::RequestedLimit> parse_limit(std::string_view text);  // process.cpp

/// "/dev/fuse", "/dev/sda:/dev/xvda:r", "/dev/fuse:rw", or a name of CDI. Errors: InvalidConfig.
Result<model::RequestedDevice> parse_device(std::string_view text);  // devices.cpp

}  // namespace ocirt::bundle
