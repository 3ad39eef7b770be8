// The processes of a container, whether it has cgroups of its own or not. Runs in: the processes of
// ps and kill.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::stages {

/// Whether the pid namespace was made for the container, whose first process then is its pid 1: all
/// others die with that.
bool has_own_pid_namespace(const store::State& state);

/// All processes in the container's cgroup; without one, as a plain user's container may be, those
/// in its own pid namespace; without that, either, only its first process is known. In our pid
/// namespace, sorted.
Result<std::vector<pid_t>> container_pids(const store::State& state, const Live& live);

/// Sends `signal` once to each of them.
Result<> signal_container(const store::State& state, const Live& live, int signal);

}  // namespace ocirt::stages
