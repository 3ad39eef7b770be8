// A list of words as one string of bytes, with a NUL after each: how `ocirt` and `ocirt-systemd`
// talk.
#include "base/words.h"

namespace ocirt {

std::string join_words(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    text += word;
    text += '\0';
  }
  return text;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\0', at);
    if (end == std::string_view::npos) break;
    words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace ocirt
