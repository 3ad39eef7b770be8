// Checks UTF-8 by the letter of RFC 3629. Used by every program and layer.
#pragma once

#include <cstddef>
#include <string_view>

namespace ocirt {

/// Length in bytes (1 to 4) of the well-formed character that `text` starts with; 0 when it starts
/// with none: overlong forms, surrogates and code points above U+10FFFF are not well-formed.
size_t utf8_character(std::string_view text);

/// Length in bytes of the longest well-formed beginning of `text`.
size_t utf8_prefix(std::string_view text);

}  // namespace ocirt
