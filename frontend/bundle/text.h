// Small texts of options: sizes, signals, pairs, capabilities. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ocirt::bundle {

/// "64m", "1.5g", "1024", "10KiB" in bytes: units of 1024, as podman takes them.
std::optional<int64_t> parse_size(std::string_view text);

/// "TERM", "SIGTERM", "sigrtmin+3" or "15".
std::optional<int> parse_signal(std::string_view text);

/// A whole number, and nothing else.
std::optional<int64_t> parse_number(std::string_view text);

/// "1m30s", "500ms", "1h" in ns, as Go writes durations.
std::optional<int64_t> parse_duration(std::string_view text);

/// What is before and after the first separator; the second is empty where there is none.
std::pair<std::string_view, std::string_view> split_pair(std::string_view text, char separator);

std::vector<std::string> split(std::string_view text, char separator);

/// Puts "K=V" into a list of such, in the place of another K if there is one.
void set_variable(std::vector<std::string>& list, std::string_view pair);

/// The value of K in a list of "K=V".
std::optional<std::string> find_variable(const std::vector<std::string>& list,
                                         std::string_view name);

}  // namespace ocirt::bundle
