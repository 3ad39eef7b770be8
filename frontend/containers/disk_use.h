// How much room files take.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::containers {

/// The bytes of all files in each of the directories, which are named from `root` on: 0 for one
/// that isn't there. A file with several names counts once. As a plain user, in a process that may
/// read what containers wrote.
Result<std::vector<uint64_t>> sizes_below(const std::string& root,
                                          const std::vector<std::string>& directories);

}  // namespace ocirt::containers
