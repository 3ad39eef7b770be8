// Writes a layer's tar stream again, byte for byte as it came. Runs in: helper.
#pragma once

#include "base/result.h"

namespace ocirt::unpack {

/// From the files in the directory `tree` and the records in `split` to `output`.
/// Errors: NotFound or InvalidConfig where a file isn't there any more, or is shorter than it was.
Result<> write_tar(int tree, int split, int output);

}  // namespace ocirt::unpack
