// Words for findings. Used by the parser and the checks of this layer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ocirt::spec {

/// `text` as a finding shows it: in quotes, control characters escaped, shortened where it is long.
std::string quoted(std::string_view text);

/// Appends one step to a JSON pointer, escaped (RFC 6901, section 3).
void append_step(std::string& pointer, std::string_view key);
void append_step(std::string& pointer, size_t index);

}  // namespace ocirt::spec
