// Takes the text of cgroup files apart that hold statistics. Calls nothing.
#include "runtime/stages/cgroup_stats_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace ocirt::stages {

namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

// Splits at any of `separators`; no part is empty.
std::vector<std::string_view> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> words;
  for (size_t at = text.find_first_not_of(separators); at != std::string_view::npos;
       at = text.find_first_not_of(separators, at)) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  return words_of(text, "\n");
}

std::optional<uint64_t> parse(std::string_view word) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// What a device's numbers are in "8:0" or "8 0".
struct KeyValue {
  std::string_view key;
  std::string_view value;
};

KeyValue key_value_of(std::string_view word) {
  const size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {word, {}};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

// A number that JSON can take over as it stands.
std::string decimal_of(std::string_view word) {
  const bool sound = !word.empty() && word.front() != '.' && word.back() != '.' &&
                     word.find_first_not_of("0123456789.") == std::string_view::npos &&
                     std::count(word.begin(), word.end(), '.') <= 1;
  return sound ? std::string(word) : "0";
}

Stall stall_of(const std::vector<std::string_view>& words) {
  Stall stall;
  for (const std::string_view word : words) {
    const auto [key, value] = key_value_of(word);
    if (key == "avg10") stall.avg10 = decimal_of(value);
    if (key == "avg60") stall.avg60 = decimal_of(value);
    if (key == "avg300") stall.avg300 = decimal_of(value);
    if (key == "total") stall.total = number_of(value);
  }
  return stall;
}

}  // namespace

uint64_t number_of(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text, " \t\n");
  if (words.size() != 1) return 0;
  if (words[0] == "max" || words[0][0] == '-') return kNoLimit;
  return parse(words[0]).value_or(0);
}

std::vector<uint64_t> numbers_of(std::string_view text) {
  std::vector<uint64_t> numbers;
  for (const std::string_view word : words_of(text, " \t\n")) {
    if (const std::optional<uint64_t> number = parse(word)) numbers.push_back(*number);
  }
  return numbers;
}

std::map<std::string, uint64_t> keyed_numbers_of(std::string_view text) {
  std::map<std::string, uint64_t> numbers;
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line, " \t");
    if (words.size() != 2) continue;
    if (const std::optional<uint64_t> number = parse(words[1])) numbers.emplace(words[0], *number);
  }
  return numbers;
}

std::vector<uint16_t> list_of(std::string_view text) {
  std::vector<uint16_t> numbers;
  for (const std::string_view range : words_of(text, ", \n")) {
    const size_t dash = range.find('-');
    const std::optional<uint64_t> first = parse(range.substr(0, dash));
    const std::optional<uint64_t> last =
        dash == std::string_view::npos ? first : parse(range.substr(dash + 1));
    if (!first || !last || *last > std::numeric_limits<uint16_t>::max()) continue;
    for (uint64_t each = *first; each <= *last; ++each) {
      numbers.push_back(static_cast<uint16_t>(each));
    }
  }
  return numbers;
}

Pressure pressure_of(std::string_view text) {
  Pressure pressure;
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line, " ");
    if (words[0] == "some") pressure.some = stall_of(words);
    if (words[0] == "full") pressure.full = stall_of(words);
  }
  return pressure;
}

void add_usage_all(std::string_view text, CpuStats& stats) {
  for (const std::string_view line : lines_of(text)) {
    const std::vector<uint64_t> columns = numbers_of(line);
    if (columns.size() != 3) continue;  // the header
    stats.per_cpu_user.push_back(columns[1]);
    stats.per_cpu_kernel.push_back(columns[2]);
  }
}

std::vector<BlockIoEntry> block_io_entries_of(std::string_view text) {
  std::vector<BlockIoEntry> entries;
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line, " :");
    if (words.size() != 3 && words.size() != 4) continue;  // "Total 3477504"
    const std::optional<uint64_t> major = parse(words[0]);
    const std::optional<uint64_t> minor = parse(words[1]);
    const std::optional<uint64_t> value = parse(words.back());
    if (!major || !minor || !value) continue;
    entries.push_back({.major = *major,
                       .minor = *minor,
                       .operation = std::string(words.size() == 4 ? words[2] : ""),
                       .value = *value});
  }
  return entries;
}

void add_io_stat(std::string_view text, BlockIoStats& stats) {
  struct Key {
    std::string_view name;
    std::vector<BlockIoEntry>& place;
    std::string_view operation;
  };
  const std::array<Key, 4> keys = {{{"rbytes", stats.service_bytes, "Read"},
                                    {"wbytes", stats.service_bytes, "Write"},
                                    {"rios", stats.serviced, "Read"},
                                    {"wios", stats.serviced, "Write"}}};
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line, " ");
    const std::vector<std::string_view> device = words_of(words[0], ":");
    if (device.size() != 2) continue;
    const std::optional<uint64_t> major = parse(device[0]);
    const std::optional<uint64_t> minor = parse(device[1]);
    if (!major || !minor) continue;
    for (const std::string_view word : words) {
      const auto [name, value] = key_value_of(word);
      for (const Key& key : keys) {
        if (key.name != name) continue;
        key.place.push_back({.major = *major,
                             .minor = *minor,
                             .operation = std::string(key.operation),
                             .value = number_of(value)});
      }
    }
  }
}

}  // namespace ocirt::stages
