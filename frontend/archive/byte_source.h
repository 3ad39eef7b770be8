// Bytes that come in pieces.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/result.h"

namespace ocirt::archive {

/// Fills the buffer, as far as it likes, and returns how much; 0 at the end.
using ByteSource = std::function<Result<size_t>(std::span<char>)>;

}  // namespace ocirt::archive
