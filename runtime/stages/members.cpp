// The processes of a container, whether it has cgroups of its own or not. Runs in: the processes of
// ps and kill.
#include "runtime/stages/members.h"

#include <sched.h>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/signal_listed.h"
#include "sys/pid_namespace.h"

namespace ocirt::stages {

bool has_own_pid_namespace(const store::State& state) {
  return (state.namespaces & ~state.joined & CLONE_NEWPID) != 0;
}

Result<std::vector<pid_t>> container_pids(const store::State& state, const Live& live) {
  if (!state.cgroup.empty()) return cgroup_pids(state.cgroup);
  if (!live.init) return std::vector<pid_t>();
  // Others may live in a pid namespace that it has joined.
  if (!has_own_pid_namespace(state)) return std::vector<pid_t>{state.pid};
  Result<std::vector<pid_t>> pids = sys::pid_namespace_members(state.pid);
  // It has ended since we looked: then so has its namespace.
  if (!pids && pids.error().kind == ErrorKind::NotFound) return std::vector<pid_t>();
  return pids;
}

Result<> signal_container(const store::State& state, const Live& live, int signal) {
  return signal_listed([&] { return container_pids(state, live); }, signal);
}

}  // namespace ocirt::stages
