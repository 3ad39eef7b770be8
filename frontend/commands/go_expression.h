// Expressions of Go's templates over JSON: ".Config.Env", "json .", "join .Names \",\" | upper".
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/commands/go_template.h"

namespace ocirt::frontend {

/// The value of a pipeline. "." is `dot`, "$" is `root`. Errors: InvalidConfig.
Result<Json> evaluate(std::string_view pipeline, const Json& dot, const Json& root);

/// As Go prints a value: strings bare, lists as "[a b]", objects as "map[k:v]".
std::string go_text(const Json& value);

/// Go's truth: not zero, not empty, not null.
bool is_true(const Json& value);

}  // namespace ocirt::frontend
