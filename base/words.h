// A list of words as one string of bytes, with a NUL after each: how `ocirt` and `ocirt-systemd`
// talk.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt {

/// None of `words` may hold a NUL.
std::string join_words(std::span<const std::string> words);

/// What join_words() was given. What follows the last NUL is left out.
std::vector<std::string> split_words(std::string_view text);

}  // namespace ocirt
