// What the value of --log-path means. Pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "shim/model/options.h"

namespace ocirt::shim {

/// "DRIVER:PATH", "DRIVER", ":PATH" or a bare path, which are conmon's forms.
/// Errors: InvalidConfig for a driver that is unknown or lacks its path.
Result<LogTarget> parse_log_target(std::string_view value);

/// Are all log files in the directories of --log-allowlist-dir, if there are any? By their text: a
/// path with ".." is refused.
Result<> check_log_places(const Options& options);

}  // namespace ocirt::shim
