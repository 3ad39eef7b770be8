// Checks UTF-8 by the letter of RFC 3629. Used by every program and layer.
#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace ocirt {

namespace {

bool is_within(char byte, unsigned low, unsigned high) {
  const unsigned value = static_cast<unsigned char>(byte);
  return value >= low && value <= high;
}

}  // namespace

size_t utf8_character(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;

  // The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF
  // (RFC 3629, section 4).
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (!is_within(text[1], low, high)) return 0;
  for (size_t i = 2; i < length; i++) {
    if (!is_within(text[i], 0x80, 0xBF)) return 0;
  }
  return length;
}

size_t utf8_prefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    // Eight bytes of ASCII at a time: nearly all of what we read is nothing else.
    uint64_t word = 0;
    if (text.size() - at >= sizeof(word)) {
      std::memcpy(&word, text.data() + at, sizeof(word));
      if ((word & 0x8080808080808080U) == 0) {
        at += sizeof(word);
        continue;
      }
    }
    const size_t length = utf8_character(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace ocirt
