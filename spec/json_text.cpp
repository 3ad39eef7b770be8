// JSON as text: what must be right before it is parsed, and where in it something is wrong.
#include "spec/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/utf8.h"

namespace ocirt::spec {

namespace {

constexpr size_t kEscapeLength = 6;  // of "\u0000"

/// The code unit that the escape at the beginning of `text` stands for; none when it is no \u
/// escape, or a broken one, which the parser reports.
std::optional<uint16_t> code_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < kEscapeLength) return {};
  uint16_t unit = 0;
  const char* const begin = text.data() + 2;
  const char* const end = text.data() + kEscapeLength;
  const std::from_chars_result result = std::from_chars(begin, end, unit, 16);
  if (result.ec != std::errc() || result.ptr != end) return {};
  return unit;
}

bool is_high_surrogate(uint16_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low_surrogate(uint16_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

std::optional<size_t> find_lone_surrogate(std::string_view json) {
  for (size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
    const std::optional<uint16_t> unit = code_unit(json.substr(at));
    if (!unit) {
      at += 2;  // a backslash and what it escapes
      continue;
    }
    if (is_low_surrogate(*unit)) return at;
    if (!is_high_surrogate(*unit)) {
      at += kEscapeLength;
      continue;
    }
    const std::optional<uint16_t> next = code_unit(json.substr(at + kEscapeLength));
    if (!next || !is_low_surrogate(*next)) return at;
    at += 2 * kEscapeLength;
  }
  return {};
}

constexpr size_t kExcerpt = 24;  // bytes before and after a place

/// `text` for a terminal. Quotes are frequent in JSON, so they are not escaped.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& byte : out) {
    if (byte < ' ' || byte > '~') byte = byte == '\t' ? ' ' : '?';
  }
  return out;
}

}  // namespace

std::optional<size_t> find_bad_text(std::string_view json) {
  const size_t sound = utf8_prefix(json);
  if (sound < json.size()) return sound;
  return find_lone_surrogate(json);
}

std::string describe_place(std::string_view json, size_t offset) {
  offset = std::min(offset, json.size());
  const std::string_view before = json.substr(0, offset);
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view left = before.substr(line_begin);
  const auto lines = std::count(before.begin(), before.end(), '\n') + 1;
  // Characters, not bytes: all bytes but those that continue a character.
  const auto column =
      std::count_if(left.begin(), left.end(), [](char byte) { return (byte & 0xC0) != 0x80; }) + 1;
  std::string place = "line " + std::to_string(lines) + ", column " + std::to_string(column);

  const std::string_view after = json.substr(offset);
  const std::string near = printable(left.substr(left.size() - std::min(left.size(), kExcerpt))) +
                           printable(after.substr(0, std::min(after.find('\n'), kExcerpt)));
  return near.empty() ? place : place + ", near " + near;
}

}  // namespace ocirt::spec
