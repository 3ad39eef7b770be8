// Id maps of mounts: the user namespaces that hold them. Runs in: creator; map_ids() also in init.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// User namespaces in which nobody lives, one for each map. The kernel takes the map of a mount
/// only in this form.
class MountIdMaps {
 public:
  /// The namespace that has the maps of `map`: an fd that lives as long as this object.
  ///
  /// Runs in: creator, before the clone.
  Result<int> namespace_of(const plan::MountIdMap& map);

 private:
  struct Made {
    plan::MountIdMap map;
    UniqueFd user_namespace;
  };
  std::vector<Made> made_;
};

/// Gives a detached mount its map. `user_namespace` is an fd, of namespace_of().
///
/// Errors: Unsupported for a file system that can't map ids; Denied without rights over it.
Result<> map_ids(int mount, const plan::MountIdMap& map, int user_namespace);

}  // namespace ocirt::stages
