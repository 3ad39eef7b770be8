// Points in time as people write them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt::frontend {

/// Seconds since the epoch: of "90" (these), "1h30m" (that long before `now`, or after it where
/// `direction` is 1), "2026-01-02", or an RFC 3339 time. Errors: InvalidConfig, which begins with
/// `option`.
Result<int64_t> parse_moment(std::string_view option, const std::string& text, int64_t now,
                             int direction = -1);

}  // namespace ocirt::frontend
