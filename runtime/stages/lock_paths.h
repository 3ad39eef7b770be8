// Hides and write-protects what the container must not touch, once its root is "/".
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/rootfs.h"

namespace ocirt::stages {

/// The root's propagation, the root's read-only flag, readonly paths, masked paths. A path that the
/// container hasn't got is skipped; any other failure is fatal.
///
/// Runs in: init, after pivot and after write_sysctls(): /proc/sys is often a readonly path.
/// Owns:    consumes `held.null_device`.
/// Spec:    config.md#root, config-linux.md#masked-paths, #readonly-paths,
/// #rootfs-mount-propagation
Result<> lock_paths(const plan::RootfsPlan& plan, RootfsHandles& held);

}  // namespace ocirt::stages
