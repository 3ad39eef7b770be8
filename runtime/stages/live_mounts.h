// Adds mounts to a container that runs, and takes them away. Runs in: the `mounts` process.
#pragma once

#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state.h"
#include "sys/process.h"

namespace ocirt::stages {

/// Makes the mounts of `plan`: opens the sources here, with the host's view, and moves them to the
/// container's.
///
/// Security: destinations are resolved below the container's root, whatever its processes do to the
///           names meanwhile.
/// Errors:   Unsupported for a container without a mount namespace of its own. Mounts before the
/// one
///           that failed stay.
Result<> add_mounts(const plan::RootfsPlan& plan, const store::State& state,
                    const sys::Pidfd& init);

/// Unmounts what is mounted on `destinations`; what is in use goes when it is no longer.
///
/// Security: no link is followed: one of the container's making could lead to what hides the host's
///           files from it.
/// Errors:   NotFound where nothing is mounted.
Result<> remove_mounts(const std::vector<ContainerPath>& destinations, const store::State& state,
                       const sys::Pidfd& init);

}  // namespace ocirt::stages
