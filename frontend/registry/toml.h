// The part of TOML that registries.conf is written in: tables, lists of tables, strings, booleans,
// integers and arrays. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.h"

namespace ocirt::registry {

/// The document as JSON. Errors: InvalidConfig with the number of the line.
Result<nlohmann::json> parse_toml(std::string_view text);

}  // namespace ocirt::registry
