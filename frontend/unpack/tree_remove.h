// Removes a tree, whatever it holds. Runs in: unpacker, and ocictl where the store is its own.
#pragma once

#include "base/result.h"

namespace ocirt::unpack {

/// Removes `name` in `parent` and all below it, by the fds of directories: no link is followed, and
/// nothing on another mount is touched. What isn't there is no error.
Result<> remove_tree(int parent, const char* name);

}  // namespace ocirt::unpack
