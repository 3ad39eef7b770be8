// What a verb prints: data on stdout, and nothing else there.
#pragma once

#include <string_view>

#include "base/result.h"

namespace ocirt::commands {

/// Writes all of `text` to stdout.
Result<> print(std::string_view text);

}  // namespace ocirt::commands
