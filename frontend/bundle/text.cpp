// Small texts of options. Pure.
#include "frontend/bundle/text.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace ocirt::bundle {

namespace {

struct Named {
  std::string_view name;
  int value;
};

constexpr std::array<Named, 35> kSignals = {{
    {"HUP", SIGHUP},       {"INT", SIGINT},     {"QUIT", SIGQUIT},  {"ILL", SIGILL},
    {"TRAP", SIGTRAP},     {"ABRT", SIGABRT},   {"IOT", SIGIOT},    {"BUS", SIGBUS},
    {"FPE", SIGFPE},       {"KILL", SIGKILL},   {"USR1", SIGUSR1},  {"SEGV", SIGSEGV},
    {"USR2", SIGUSR2},     {"PIPE", SIGPIPE},   {"ALRM", SIGALRM},  {"TERM", SIGTERM},
    {"STKFLT", SIGSTKFLT}, {"CHLD", SIGCHLD},   {"CLD", SIGCHLD},   {"CONT", SIGCONT},
    {"STOP", SIGSTOP},     {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN},  {"TTOU", SIGTTOU},
    {"URG", SIGURG},       {"XCPU", SIGXCPU},   {"XFSZ", SIGXFSZ},  {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},     {"WINCH", SIGWINCH}, {"IO", SIGIO},      {"POLL", SIGIO},
    {"PWR", SIGPWR},       {"SYS", SIGSYS},     {"UNUSED", SIGSYS},
}};

// Of the kernel: the C library keeps the first two for itself.
constexpr int kFirstRealtime = 34;
constexpr int kLastRealtime = 64;

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

// The digits and the point at its start, taken off.
std::optional<double> take_number(std::string_view& text) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string digits(text.substr(0, end));
  if (digits.empty() || digits.front() == '.' ||
      std::count(digits.begin(), digits.end(), '.') > 1) {
    return std::nullopt;
  }
  text.remove_prefix(end);
  return std::strtod(digits.c_str(), nullptr);
}

}  // namespace

std::optional<int64_t> parse_size(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  std::string unit = upper(text);
  if (unit.ends_with("IB") && unit.size() == 3) unit = unit.substr(0, 1);
  if (unit.ends_with('B') && unit.size() == 2) unit.pop_back();
  constexpr std::string_view kUnits = "BKMGTP";
  if (unit.size() > 1) return std::nullopt;
  const size_t power = unit.empty() ? 0 : kUnits.find(unit.front());
  if (power == std::string_view::npos) return std::nullopt;
  const double bytes = std::ldexp(*number, static_cast<int>(power) * 10);
  constexpr double kMost = 9.2e18;
  if (bytes > kMost) return std::nullopt;
  return static_cast<int64_t>(bytes);
}

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> parse_signal(std::string_view text) {
  if (const std::optional<int64_t> number = parse_number(text)) {
    if (*number < 1 || *number > kLastRealtime) return std::nullopt;
    return static_cast<int>(*number);
  }
  std::string name = upper(text);
  if (name.starts_with("SIG")) name.erase(0, 3);
  for (const Named& each : kSignals) {
    if (each.name == name) return each.value;
  }
  const bool from_first = name.starts_with("RTMIN");
  if (!from_first && !name.starts_with("RTMAX")) return std::nullopt;
  const std::string rest = name.substr(5);
  int64_t offset = 0;
  if (!rest.empty()) {
    const std::optional<int64_t> number =
        rest.front() == (from_first ? '+' : '-') ? parse_number(rest.substr(1)) : std::nullopt;
    if (!number || *number < 0 || *number > kLastRealtime - kFirstRealtime) return std::nullopt;
    offset = *number;
  }
  return static_cast<int>(from_first ? kFirstRealtime + offset : kLastRealtime - offset);
}

std::optional<int64_t> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kUnits = {
      {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) return std::nullopt;
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const auto& each) { return each.first == unit; });
    if (found == kUnits.end()) return std::nullopt;
    total += *number * found->second;
    text.remove_prefix(unit.size());
  }
  return static_cast<int64_t>(total);
}

std::pair<std::string_view, std::string_view> split_pair(std::string_view text, char separator) {
  const size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

void set_variable(std::vector<std::string>& list, std::string_view pair) {
  const std::string name = std::string(split_pair(pair, '=').first) + '=';
  for (std::string& each : list) {
    if (each.starts_with(name)) {
      each = pair;
      return;
    }
  }
  list.emplace_back(pair);
}

std::optional<std::string> find_variable(const std::vector<std::string>& list,
                                         std::string_view name) {
  for (const std::string& each : list) {
    const auto [key, value] = split_pair(each, '=');
    if (key == name) return std::string(value);
  }
  return std::nullopt;
}

}  // namespace ocirt::bundle
