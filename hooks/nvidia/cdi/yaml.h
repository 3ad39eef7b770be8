// YAML as JSON values: what specifications of CDI are written in.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.h"

namespace ocirt::nvidia {

/// Parses one document of maps, lists and scalars. Anchors, aliases and tags, by which a small file
/// grows without end or becomes something else, are refused, as is more than 4 MiB or 32 levels.
///
/// Errors: InvalidConfig, with the line.
Result<nlohmann::json> parse_yaml(std::string_view text);

}  // namespace ocirt::nvidia
