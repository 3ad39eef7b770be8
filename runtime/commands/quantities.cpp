// Sizes and durations as people write them on the command line. Pure.
#include "runtime/commands/quantities.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace ocirt::commands {

namespace {

Error wrong(std::string_view option, std::string_view text, std::string_view expected) {
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--{} takes {}, not \"{}\"", option, expected, text));
}

template <typename T>
std::optional<T> number(std::string_view text) {
  T value = {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes a decimal number with or without a fraction off the front of `text`.
std::optional<double> take_decimal(std::string_view& text) {
  const size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view digits = text.substr(0, length);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                            std::chars_format::fixed);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

// The power of 1024 that "", "b", "k", "kb" or "kib" stands for, in any case.
std::optional<int> power_of(std::string_view unit) {
  std::string word;
  for (const char c : unit) {
    if (c == ' ' && word.empty()) continue;
    word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (word.empty() || word == "b") return 0;
  constexpr std::string_view kUnits = "kmgtp";
  const size_t power = kUnits.find(word[0]);
  const std::string rest = word.substr(1);
  if (power == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib")) {
    return std::nullopt;
  }
  return static_cast<int>(power) + 1;
}

struct TimeUnit {
  std::string_view name;
  double milliseconds;
};
constexpr std::array<TimeUnit, 6> kTimeUnits = {
    {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}}};

}  // namespace

Result<int64_t> parse_size(std::string_view option, std::string_view text) {
  constexpr std::string_view kExpected = "a size such as 64m, or -1 for no limit";
  constexpr double kMost = 9e18;  // below the largest int64_t
  if (text == "-1") return -1;
  if (const std::optional<int64_t> bytes = number<int64_t>(text); bytes && *bytes >= 0) {
    return *bytes;
  }
  std::string_view rest = text;
  const std::optional<double> amount = take_decimal(rest);
  const std::optional<int> power = power_of(rest);
  if (!amount || !power) return wrong(option, text, kExpected);
  double bytes = *amount;
  for (int i = 0; i < *power; ++i) bytes *= 1024;
  if (bytes > kMost) return wrong(option, text, kExpected);
  return static_cast<int64_t>(bytes);
}

Result<int64_t> parse_duration_ms(std::string_view option, std::string_view text) {
  constexpr std::string_view kExpected = "a duration such as 5s or 1m30s";
  constexpr double kMost = 1e15;
  double sum = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::optional<double> amount = take_decimal(rest);
    const size_t length = std::min(rest.find_first_of("0123456789."), rest.size());
    const auto unit = std::find_if(kTimeUnits.begin(), kTimeUnits.end(), [&](const TimeUnit& each) {
      return each.name == rest.substr(0, length);
    });
    if (!amount || unit == kTimeUnits.end()) return wrong(option, text, kExpected);
    sum += *amount * unit->milliseconds;
    rest.remove_prefix(length);
  }
  if (sum < 1 || sum > kMost) return wrong(option, text, kExpected);
  return static_cast<int64_t>(sum);
}

Result<int64_t> parse_signed(std::string_view option, std::string_view text) {
  if (const std::optional<int64_t> value = number<int64_t>(text)) return *value;
  return wrong(option, text, "a whole number");
}

Result<uint64_t> parse_unsigned(std::string_view option, std::string_view text) {
  if (const std::optional<uint64_t> value = number<uint64_t>(text)) return *value;
  return wrong(option, text, "a whole number of 0 or more");
}

}  // namespace ocirt::commands
