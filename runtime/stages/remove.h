// Takes a container away, whatever is left of it. Runs in: the `delete` process, and `run`.
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "runtime/store/container_dir.h"
#include "runtime/store/state.h"

namespace ocirt::stages {

/// Kills what still lives, removes the cgroup, then the state directory, and runs the poststop
/// hooks, whose failures are only warned of. Spec: runtime.md#lifecycle, steps 12 and 13
Result<> remove_container(store::ContainerDir& dir, const store::State& state);

}  // namespace ocirt::stages
