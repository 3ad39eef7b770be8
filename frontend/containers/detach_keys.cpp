// The keys that detach a terminal from a container. Pure.
#include "frontend/containers/detach_keys.h"

#include <fmt/core.h>

#include <optional>

namespace ocirt::containers {

namespace {

std::optional<char> key_of(std::string_view word) {
  constexpr std::string_view kControl = "ctrl-";
  constexpr char kDelete = 0x7f;
  constexpr char kControlBits = 0x1f;
  if (word == "DEL") return kDelete;
  if (word.size() == 1) return word[0];
  if (!word.starts_with(kControl) || word.size() != kControl.size() + 1) return std::nullopt;
  const char letter = word.back();
  if (letter >= 'a' && letter <= 'z') return static_cast<char>(letter & kControlBits);
  if (letter == '@' || (letter >= '[' && letter <= '_')) {
    return static_cast<char>(letter & kControlBits);
  }
  return std::nullopt;
}

}  // namespace

Result<DetachKeys> DetachKeys::parse(std::string_view text) {
  DetachKeys keys;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    const std::optional<char> key = key_of(word);
    if (!key) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--detach-keys: \"{}\" is no key", word))
          .with_hint("a list of letters, ctrl-LETTER and DEL, such as ctrl-p,ctrl-q");
    }
    keys.keys_ += *key;
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return keys;
}

std::string DetachKeys::feed(std::string_view typed) {
  std::string passed;
  for (const char byte : typed) {
    if (detached_) break;
    take(byte, passed);
  }
  return passed;
}

void DetachKeys::take(char byte, std::string& passed) {
  if (keys_.empty()) {
    passed += byte;
    return;
  }
  // What was held back may contain the beginning of the sequence further on: "pp" of "ppq".
  std::string held = keys_.substr(0, matched_) + byte;
  while (!held.empty() && !keys_.starts_with(held)) {
    passed += held.front();
    held.erase(0, 1);
  }
  matched_ = held.size();
  detached_ = matched_ == keys_.size();
}

std::string DetachKeys::release() {
  std::string held = keys_.substr(0, matched_);
  matched_ = 0;
  return held;
}

}  // namespace ocirt::containers
