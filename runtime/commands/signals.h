// Signals by name and number.
#pragma once

#include <string_view>

#include "base/result.h"

namespace ocirt::commands {

/// "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3", "SIGRTMAX-1".
/// Errors: InvalidConfig.
Result<int> parse_signal(std::string_view text);

}  // namespace ocirt::commands
