// Copies what an image has in a directory into the tmpfs that is to cover it.
#pragma once

#include "base/result.h"

namespace ocirt::stages {

/// Copies all below the directory `from_fd` into the directory `to_fd`: files, directories, links
/// and special files, with modes, owners, times and extended attributes. Follows no link. Needs a
/// few KiB of memory and two fds for each level of directories, at most 256 of them.
///
/// Runs in: init. `from_fd` is hostile, and may be O_PATH; `to_fd` is nobody's yet.
Result<> copy_up(int from_fd, int to_fd);

}  // namespace ocirt::stages
