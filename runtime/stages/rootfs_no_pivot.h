// The way into the rootfs for `--no-pivot`, on hosts whose root can't be exchanged (a ramdisk).
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Moves the mount that `root_fd` is the root of over "/" and makes it our root. `root_fd` is also
/// the working directory.
///
/// The host's tree stays underneath. What is reachable of its proc and sys by who breaks out of a
/// chroot is unmounted or covered first, as runc does.
///
/// Runs in: init.
Result<> move_root_to_slash(const plan::RootfsPlan& plan, int root_fd);

}  // namespace ocirt::stages
