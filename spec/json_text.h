// JSON as text: what must be right before it is parsed, and where in it something is wrong.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ocirt::spec {

/// The offset of the first byte that is not UTF-8, or of an escaped surrogate without its other
/// half; none when `json` is sound. The parser would let both through, as text that can't be
/// written back.
std::optional<size_t> find_bad_text(std::string_view json);

/// Where `offset` is, lines and columns counted from 1: "line 3, column 14, near "root": {]".
std::string describe_place(std::string_view json, size_t offset);

}  // namespace ocirt::spec
