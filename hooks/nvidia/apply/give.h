// Gives a container the devices that its config asks for, by changing the config: what a runtime of
// ours does instead of running a hook. docs/gpus-interface.md has the annotations.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/plan/plan.h"
#include "spec/config.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// The config asks for GPUs or devices of CDI by annotation, or has hooks of NVIDIA's that we do.
/// Where it doesn't, nothing of the host is looked at.
bool asks_for_devices(const spec::Config& config);

/// Adds all that is asked for to `config`. The links, files and warnings of the plan that comes
/// back have no place in a config, and are left to the caller; the loader's cache is among the
/// files.
///
/// Runs in: creator. `root` is the container's, of which nothing is mounted yet.
/// Errors: those of make_plan() and select_devices().
Result<Plan> give_devices(const sys::RootDir& root, spec::Config& config);

}  // namespace ocirt::nvidia
