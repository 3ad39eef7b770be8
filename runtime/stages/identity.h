// Turns a process into the one that the container's user is to be. Runs in: init, and the process
// that `exec` adds.
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "sys/processors.h"

namespace ocirt::stages {

/// Forgets the caller's signal handling: nothing ignored, nothing blocked.
void reset_signals();

/// Session keyring, resource limits, scheduling, memory policy, personality, umask: what needs the
/// rights that take_identity() gives away.
Result<> set_limits(const plan::ProcessPlan& process);

/// Goes where the payload is to run, away from the pin that its making had. Before any filter,
/// which might forbid it. Spec: config.md#linux-process, execCPUAffinity
Result<> settle_on_processors(const plan::ProcessPlan& process, const sys::ProcessorPin& pin);

/// Groups, ids, capabilities and no_new_privs, in the order that the kernel's rules force.
/// Spec: config.md#linux-process
Result<> take_identity(const plan::ProcessPlan& process);

/// Makes the label of the coming execve known to the host's security module.
Result<> set_exec_label(const plan::ProcessPlan& process);

/// Becomes the root of the user namespace that the process is in, if it has one.
Result<> become_namespace_root();

/// Lets a payload that isn't root reopen its own stdin, stdout and stderr ("/dev/stderr"): pipes,
/// sockets and terminals become its own. Files and /dev/null are left alone.
void give_stdio_to(uint32_t uid);

}  // namespace ocirt::stages
