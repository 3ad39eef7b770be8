// Goes where a container's files are: into the namespaces of its first process.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "hooks/nvidia/plan/plan.h"
#include "spec/config.h"

namespace ocirt::nvidia {

/// Joins the user namespace (if it is another) and the mount namespace of a container's init.
///
/// Runs in: a hook of the runtime's namespaces, which has one thread.
/// Errors: Denied, with a hint, where the runtime's init lets nobody look at it (crun, rootless).
Result<> enter_namespaces(pid_t pid);

/// Lets the container's processes use the plan's devices: adds them to its device cgroup (v1),
/// where the rules of its config don't allow them anyway.
///
/// Runs in: a hook, before enter_namespaces(). Does nothing for an engine without root's rights:
/// there no device cgroup is the container's own.
/// Errors: Unsupported on cgroup v2, whose filter belongs to the runtime: the GPU has to be in the
/// config (CDI, or ocirt).
Result<> allow_devices(const Plan& plan, const spec::Config& config, pid_t pid);

}  // namespace ocirt::nvidia
