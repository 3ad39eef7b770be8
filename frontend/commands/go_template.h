// Go's templates over JSON, as people write them after --format: fields, pipes, if, range and the
// functions that podman knows. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::frontend {

using Json = nlohmann::ordered_json;

/// Renders `format` for one value. A field that isn't there is an error, as in Go, with the names
/// that there are. Errors: InvalidConfig.
Result<std::string> render_template(std::string_view format, const Json& value);

/// Renders `format` once for each value, one a line; after "table " as a table, whose titles come
/// from rendering it for `titles`. Words of a table's format have tabs or spaces between them.
Result<std::string> print_formatted(std::string_view format, const Json& titles,
                                    const std::vector<Json>& values);

/// Whether the format asks for JSON as a whole: "json" or "{{json .}}" alone.
bool is_json_format(std::string_view format);

}  // namespace ocirt::frontend
