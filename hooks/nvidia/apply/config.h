// Puts a plan into a container's config: what a runtime of ours does instead of running a hook.
#pragma once

#include "hooks/nvidia/plan/plan.h"
#include "spec/config.h"

namespace ocirt::nvidia {

/// Adds the plan's devices with their rules, mounts and variables. Files come before all mounts of
/// the config, so that none of them is resolved through a volume; sockets come after them, since
/// /run is often one. Links and files of the plan have no place in a config.
void add_to_config(const Plan& plan, spec::Config& config);

}  // namespace ocirt::nvidia
