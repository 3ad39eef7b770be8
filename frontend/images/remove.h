// Takes names, images and layers out of the store, and sweeps what was left half made.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/images/store.h"
#include "frontend/unpack/helper.h"

namespace ocirt::images {

/// What became of a removal, for people.
struct Removed {
  std::vector<std::string> untagged;  // names
  std::vector<std::string> deleted;   // ids
  uint64_t bytes = 0;
};

/// Names of the directories of layers that containers need. Asked for each layer under its lock,
/// which whoever makes a container holds until the container's record names the layer.
using LayersInUse = std::function<std::set<std::string>()>;

/// Takes the image away with all its names, and those of its layers that nobody else has.
Result<> remove_image(const Store& store, unpack::Helper& helper, const ImageRecord& image,
                      const LayersInUse& in_use, Removed& removed);

/// Removes layers that no image names, no container needs and nobody holds.
Result<> remove_unused_layers(const Store& store, unpack::Helper& helper,
                              const std::vector<std::string>& diff_ids, const LayersInUse& in_use,
                              Removed& removed);

/// Empties the trash, and removes what nobody is making any more: images of dead processes, and
/// layers that were cut off longer than `keep_s` ago.
Result<> sweep(const Store& store, unpack::Helper& helper, int64_t keep_s);

inline constexpr int64_t kKeepPartial_s = 14 * 24 * 3600;

/// Whether there is anything to sweep: a look at two directories.
bool needs_sweep(const Store& store);

}  // namespace ocirt::images
