// Sizes and durations as people write them on the command line. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt::commands {

/// A number of bytes: "1048576", "64m", "1.5g", "512KiB"; the units b k m g t p are powers of 1024.
/// "-1" is -1, no limit.
/// Errors: InvalidConfig, naming the option.
Result<int64_t> parse_size(std::string_view option, std::string_view text);

/// A duration in milliseconds as Go writes it: "5s", "300ms", "1m30s", "1.5h". At least one.
/// Errors: InvalidConfig, naming the option.
Result<int64_t> parse_duration_ms(std::string_view option, std::string_view text);

/// A whole number with or without sign.
/// Errors: InvalidConfig, naming the option, also for one that is too big.
Result<int64_t> parse_signed(std::string_view option, std::string_view text);
Result<uint64_t> parse_unsigned(std::string_view option, std::string_view text);

}  // namespace ocirt::commands
