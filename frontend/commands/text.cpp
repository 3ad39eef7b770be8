// How people are shown sizes, ages and tables: as podman shows them. Pure.
#include "frontend/commands/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/utf8.h"

namespace ocirt::frontend {

namespace {

struct Size {
  double number = 0;
  const char* unit = "";
};

Size in_units(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  constexpr double kStep = 1000;
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= kStep && unit + 1 < std::size(kUnits)) {
    size /= kStep;
    ++unit;
  }
  return {.number = size, .unit = kUnits[unit]};
}

}  // namespace

std::string human_size(uint64_t bytes) {
  const Size size = in_units(bytes);
  return fmt::format("{:.3g} {}", size.number, size.unit);
}

std::string compact_size(uint64_t bytes) {
  const Size size = in_units(bytes);
  return fmt::format("{:.4g}{}", size.number, size.unit);
}

// docker/go-units' HumanDuration, which podman uses.
std::string human_duration(int64_t seconds) {
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kDay = 24;  // the following in hours
  constexpr int64_t kWeek = 7 * kDay;
  constexpr int64_t kMonth = 30 * kDay;
  constexpr int64_t kYear = 365 * kDay;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < kMinute) return fmt::format("{} seconds", seconds);
  const int64_t minutes = seconds / kMinute;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return fmt::format("{} minutes", minutes);
  const int64_t hours = (seconds + kHour / 2) / kHour;
  if (hours == 1) return "About an hour";
  if (hours < 2 * kDay) return fmt::format("{} hours", hours);
  if (hours < 2 * kWeek) return fmt::format("{} days", hours / kDay);
  if (hours < 2 * kMonth) return fmt::format("{} weeks", hours / kWeek);
  if (hours < 2 * kYear) return fmt::format("{} months", hours / kMonth);
  return fmt::format("{} years", hours / kYear);
}

namespace {

// A number of exactly `digits` digits at `at`.
bool number_at(std::string_view text, size_t at, size_t digits, int& number) {
  if (at + digits > text.size()) return false;
  const char* begin = text.data() + at;
  return std::from_chars(begin, begin + digits, number).ptr == begin + digits;
}

}  // namespace

int64_t parse_time(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!number_at(text, 0, 4, year) || !number_at(text, 5, 2, month) ||
      !number_at(text, 8, 2, day) || !number_at(text, 11, 2, hour) ||
      !number_at(text, 14, 2, minute) || !number_at(text, 17, 2, second)) {
    return 0;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return 0;
  int64_t offset = 0;
  const size_t zone = text.find_first_of("+-Z", 19);
  if (zone != std::string_view::npos && text[zone] != 'Z') {
    int hours = 0;
    int minutes = 0;
    if (number_at(text, zone + 1, 2, hours) && number_at(text, zone + 4, 2, minutes)) {
      offset = (hours * 60 + minutes) * 60 * (text[zone] == '-' ? -1 : 1);
    }
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
}

std::string print_time(int64_t seconds) {
  constexpr int64_t kDay = 86400;
  const int64_t days = (seconds >= 0 ? seconds : seconds - kDay + 1) / kDay;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  const int64_t rest = seconds - days * kDay;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     rest / 3600, rest / 60 % 60, rest % 60);
}

std::string go_time(int64_t seconds) {
  std::string text = print_time(seconds);
  text[text.find('T')] = ' ';
  text.replace(text.size() - 1, 1, " +0000 UTC");
  return text;
}

namespace {

size_t characters(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<size_t>(1, utf8_character(text)));
    ++count;
  }
  return count;
}

}  // namespace

std::string print_table(const std::vector<std::vector<std::string>>& rows) {
  constexpr size_t kNarrowest = 12;
  constexpr size_t kBetween = 2;
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max({widths[i], kNarrowest, characters(row[i]) + kBetween});
    }
  }
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - characters(row[i]), ' ');
    }
    text += '\n';
  }
  return text;
}

std::string print_tabbed(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  while (!text.empty()) {
    const size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    rows.emplace_back();
    for (size_t tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
      rows.back().emplace_back(line.substr(0, tab));
      line.remove_prefix(tab + 1);
    }
    rows.back().emplace_back(line);
  }
  return print_table(rows);
}

}  // namespace ocirt::frontend
