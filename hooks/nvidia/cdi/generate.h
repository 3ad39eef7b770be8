// Makes a specification of CDI of this host's GPUs, for engines that know CDI and not us.
#pragma once

#include <string>

#include "base/result.h"
#include "hooks/nvidia/cdi/spec.h"
#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

enum class CdiForm {
  /// Device nodes, and our hook, which looks for the rest when a container is made: never stale.
  WithHook,
  /// Everything as mounts, each library under its name and its soname, where loaders look without a
  /// cache: for engines that run no hooks. The container's `ldconfig -p` does not list them.
  HookFree,
};

/// `hook_path` is where our program is. Numbers of devices are left to the engine to look up: those
/// of a module may be others after the next boot.
CdiSpec make_cdi(const Driver& driver, const HostRoots& roots, CdiForm form,
                 const std::string& hook_path);

}  // namespace ocirt::nvidia
