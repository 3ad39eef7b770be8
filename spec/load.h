// Reads and checks a config.json in one go. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "spec/config.h"
#include "spec/parse.h"

namespace ocirt::spec {

/// parse_config() and validate(), with what both find in one error: a wrong type does not hide a
/// wrong value elsewhere. What follows from a finding of the parser is not told twice.
///
/// Errors: InvalidConfig, whose text lists every finding on a line of its own.
Result<Config> load_config(std::string_view json, SourceSpans* spans = nullptr);

}  // namespace ocirt::spec
