// Builds the container's root: opens what only the host's view has, mounts, pivots.
#pragma once

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/awaited_cgroup.h"
#include "sys/mount.h"

namespace ocirt::stages {

/// What the stages of the rootfs hold. The creator fills it before the clone; init, which has a
/// copy, goes on with it.
struct RootfsHandles {
  /// The rootfs. Held by the creator where the plan says OpenedBy::Creator; by init from
  /// build_rootfs() on, attached.
  sys::MountFd root;
  /// With OverlayRoot::id_map: copies of the lower directories, and last of the directory that
  /// upper and work lie in, with their ids mapped.
  std::vector<sys::MountFd> layers;
  /// [i] is what plan.operations[i] mounts, where the creator opens it; else empty.
  std::vector<sys::MountFd> sources;
  /// [i] is the user namespace that plan.operations[i], a new file system, takes its id map from.
  std::vector<UniqueFd> id_maps;
  /// The host's /dev/null, for masked files (CVE-2025-31133). Empty: nothing is masked.
  sys::MountFd null_device;
};

/// Opens every mount source that the plan wants from the host's view.
///
/// Runs in: creator, before the clone.
/// Errors:  NotFound for a source that is missing, with both paths of the mount in the text.
Result<RootfsHandles> acquire_rootfs(const plan::RootfsPlan& plan);

/// Attaches the rootfs and runs the plan's operations on it. Enters `cgroup` before the first one
/// that shows it.
///
/// Runs in: init, in its new mount (user, pid, network, ...) namespaces, before pivot.
/// Owns:    consumes `held.sources`; leaves the rootfs in `held.root`.
/// Errors:  name the object: mount "proc" on "/proc".
/// Spec:    config.md#mounts, config-linux.md#devices
Result<> build_rootfs(const plan::RootfsPlan& plan, RootfsHandles& held, AwaitedCgroup& cgroup);

/// Makes the rootfs "/" and lets go of the host's tree. Afterwards the working directory is "/".
///
/// Runs in: init, after the createContainer hooks.
Result<> pivot(const plan::RootfsPlan& plan, const RootfsHandles& held);

/// Makes the container's /dev/console the terminal whose other end we gave away.
///
/// Runs in: init, after pivot. `pty_peer_fd` comes from TIOCGPTPEER on a ptmx of the container.
/// Security: CVE-2025-52565.
Result<> bind_console(int pty_peer_fd);

}  // namespace ocirt::stages
