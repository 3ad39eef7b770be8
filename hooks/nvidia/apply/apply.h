// Does what the plan says, in a container that has its mounts and is not yet pivoted into.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/plan/plan.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// Which part of a plan.
enum class Parts {
  All,
  WithoutDevices,  // somebody else gave them: an engine, by CDI
};

/// Makes the plan's mounts, links and files below `root`, and rewrites the loader's cache.
///
/// Runs in: the container's mount namespace. Nothing of the container is a mount's source, no path
/// is resolved twice, and no program is run. Adds to `plan.warnings` what was left out.
Result<> apply(Plan& plan, const sys::RootDir& root, Parts parts);

/// The cache file for a container: the image's entries, with the plan's in front. Nothing where
/// the image's is no cache that we can read: it stays as it is, and a warning says so.
std::optional<std::string> merge_loader_cache(Plan& plan, const sys::RootDir& root);

constexpr const char* kLoaderCachePath = "/etc/ld.so.cache";

}  // namespace ocirt::nvidia
