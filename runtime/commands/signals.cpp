// Signals by name and number.
#include "runtime/commands/signals.h"

#include <fmt/core.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include <charconv>
#include <string>

namespace ocirt::commands {

namespace {

// The kernel's range; the C library keeps the first two to itself.
constexpr int kFirstRealtime = 34;
constexpr int kLastRealtime = 64;

bool parse_whole(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// "RTMIN+3" or "RTMAX-1"; 0 when it is neither.
int parse_realtime(const std::string& name) {
  const bool from_first = ::strncasecmp(name.c_str(), "RTMIN", 5) == 0;
  if (!from_first && ::strncasecmp(name.c_str(), "RTMAX", 5) != 0) return 0;
  const std::string_view offset = std::string_view(name).substr(5);
  const int base = from_first ? kFirstRealtime : kLastRealtime;
  if (offset.empty()) return base;
  int distance = 0;
  if (offset[0] != (from_first ? '+' : '-') || !parse_whole(offset.substr(1), distance)) return 0;
  const int signal = from_first ? base + distance : base - distance;
  return signal >= kFirstRealtime && signal <= kLastRealtime ? signal : 0;
}

}  // namespace

Result<int> parse_signal(std::string_view text) {
  int number = 0;
  if (parse_whole(text, number)) {
    if (number >= 1 && number <= kLastRealtime) return number;
    return make_error(ErrorKind::InvalidConfig, fmt::format("unknown signal \"{}\"", text));
  }
  std::string name(text);
  if (::strncasecmp(name.c_str(), "SIG", 3) == 0) name.erase(0, 3);
  for (int signal = 1; signal < kFirstRealtime; ++signal) {
    const char* known = ::sigabbrev_np(signal);
    if (known != nullptr && ::strcasecmp(known, name.c_str()) == 0) return signal;
  }
  if (const int signal = parse_realtime(name); signal != 0) return signal;
  return make_error(ErrorKind::InvalidConfig, fmt::format("unknown signal \"{}\"", text));
}

}  // namespace ocirt::commands
