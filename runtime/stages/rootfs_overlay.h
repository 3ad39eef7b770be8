// The container's root as an overlay of directories (annotation io.ocirt.rootfs.overlay). It exists
// in the container's mount namespace alone: nothing is mounted on the host, and nothing remains.
#pragma once

#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/plan.h"
#include "sys/mount.h"
#include "sys/root_dir.h"

namespace ocirt::stages {

/// The directories with their ids mapped, as RootfsHandles::layers has them: empty without id_map.
///
/// Runs in: creator, which has the right to map them.
Result<std::vector<sys::MountFd>> open_layers(const plan::OverlayRoot& overlay);

/// Mounts the overlay, detached. `root` is where an old kernel needs to mount it meanwhile.
///
/// Runs in: a process in a mount namespace of its own.
/// Errors:  name the directory that is missing.
Result<sys::MountFd> mount_overlay(const plan::OverlayRoot& overlay, const HostPath& root,
                                   const std::vector<sys::MountFd>& layers);

/// The merged tree for looking at only, before there is a container.
///
/// Runs in: creator. Without privileges a child mounts it, in namespaces of its own.
Result<sys::RootDir> look_at_overlay(const plan::OverlayRoot& overlay);

}  // namespace ocirt::stages
