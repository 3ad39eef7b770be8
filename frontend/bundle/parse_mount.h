// -v, --mount and --tmpfs, as podman writes them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::bundle {

/// The same destination, as all mounts name it: "/data" and "/data/" would be two of one.
std::string without_slashes_at_end(std::string_view path);

/// -v [SOURCE:]DESTINATION[:OPTIONS]. A source that begins with '/' or '.' is a path; another is a
/// volume's name; none is a volume of the container's own.
/// Errors: InvalidConfig.
Result<model::RequestedMount> parse_volume(std::string_view text);

/// --mount type=bind,source=/a,destination=/b,ro
Result<model::RequestedMount> parse_mount(std::string_view text);

/// --tmpfs DESTINATION[:OPTIONS]
Result<model::RequestedMount> parse_tmpfs(std::string_view text);

}  // namespace ocirt::bundle
