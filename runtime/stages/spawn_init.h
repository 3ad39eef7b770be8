// Starts the processes that become the container. Runs in: creator.
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/handles.h"
#include "sys/process.h"

namespace ocirt::stages {

/// Clones init, in its new namespaces and its v2 cgroup, by way of a joiner where the plan needs
/// one. Closes our copy of init's end of the channel, so that its death is noticed.
Result<sys::Child> spawn_init(const plan::CreatePlan& plan, Handles& held);

/// Does what init can't do for itself, and then lets it go on: writes its id maps, puts it into the
/// cgroups that it wasn't born into, moves network devices to its namespace, sets its out-of-memory
/// score.
Result<> prepare_init(const plan::CreatePlan& plan, const Handles& held, const sys::Child& init);

/// Does init wait for prepare_init()'s word?
bool init_waits(const plan::CreatePlan& plan);

}  // namespace ocirt::stages
