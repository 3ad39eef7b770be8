// Reads the text files that facts about the host stand in: of /proc and /etc. Calls nothing.
#include "runtime/stages/probe_text.h"

#include <charconv>
#include <cstddef>

namespace ocirt::stages {

namespace {

/// Takes the text up to `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// The next word between blanks; empty at the end.
std::string_view take_word(std::string_view& rest) {
  const size_t begin = rest.find_first_not_of(" \t");
  rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
  const size_t end = rest.find_first_of(" \t");
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  return word;
}

template <typename Number>
bool parse(std::string_view text, Number& number, int base = 10) {
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number, base);
  return !text.empty() && result.ec == std::errc{} && result.ptr == end;
}

/// "Uid:	1000	1000	1000	1000": real, effective, saved, file system.
bool parse_effective_id(std::string_view line, uint32_t& id) {
  (void)take_word(line);  // the real one
  return parse(take_word(line), id);
}

bool parse_groups(std::string_view line, std::vector<uint32_t>& groups) {
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line)) {
    uint32_t group = 0;
    if (!parse(word, group)) return false;
    groups.push_back(group);
  }
  return true;
}

}  // namespace

std::optional<ProcessStatus> parse_process_status(std::string_view text) {
  constexpr int kHexadecimal = 16;
  ProcessStatus status;
  int found = 0;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    const std::string_view name = take_until(line, ':');
    bool parsed = false;
    if (name == "Uid") {
      parsed = parse_effective_id(line, status.euid);
    } else if (name == "Gid") {
      parsed = parse_effective_id(line, status.egid);
    } else if (name == "Groups") {
      parsed = parse_groups(line, status.groups);
    } else if (name == "CapEff") {
      parsed = parse(take_word(line), status.effective_capabilities, kHexadecimal);
    } else if (name == "CapBnd") {
      parsed = parse(take_word(line), status.bounding_capabilities, kHexadecimal);
    } else {
      continue;
    }
    if (!parsed) return std::nullopt;
    ++found;
  }
  constexpr int kLines = 5;
  if (found != kLines) return std::nullopt;
  return status;
}

std::optional<std::vector<spec::IdMapping>> parse_id_map(std::string_view text) {
  std::vector<spec::IdMapping> map;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    spec::IdMapping mapping;
    if (!parse(take_word(line), mapping.container_id) || !parse(take_word(line), mapping.host_id) ||
        !parse(take_word(line), mapping.size)) {
      return std::nullopt;
    }
    map.push_back(mapping);
  }
  return map;
}

std::vector<plan::SubordinateRange> parse_subordinate_ids(std::string_view text, uint32_t uid,
                                                          std::string_view login) {
  std::vector<plan::SubordinateRange> ranges;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    const std::string_view owner = take_until(line, ':');
    uint32_t owner_uid = 0;
    const bool is_ours =
        (parse(owner, owner_uid) && owner_uid == uid) || (!login.empty() && owner == login);
    plan::SubordinateRange range;
    if (is_ours && parse(take_until(line, ':'), range.start) && parse(line, range.size) &&
        range.size > 0) {
      ranges.push_back(range);
    }
  }
  return ranges;
}

std::string find_login(std::string_view passwd, uint32_t uid) {
  while (!passwd.empty()) {
    std::string_view line = take_until(passwd, '\n');
    const std::string_view login = take_until(line, ':');
    (void)take_until(line, ':');  // the password
    uint32_t line_uid = 0;
    if (parse(take_until(line, ':'), line_uid) && line_uid == uid) return std::string(login);
  }
  return {};
}

}  // namespace ocirt::stages
