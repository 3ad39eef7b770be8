// Takes a container away, whatever is left of it. Runs in: the `delete` process, and `run`.
#include "runtime/stages/remove.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/hooks.h"
#include "runtime/stages/members.h"
#include "runtime/stages/rdt.h"
#include "spec/parse.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ocirt::stages {

namespace {

constexpr size_t kLargestConfig = 64 << 20;
constexpr int kMomentMs = 50;        // what nothing holds up has ended by then
constexpr int kPatienceMs = 10'000;  // for a killed process to end: it may be writing a core

// SIGKILL for init, by pidfd and only if it is still the process that we made.
Result<> kill_init(const store::State& state) {
  if (state.pid == 0) return {};
  const Result<sys::Pidfd> pidfd = sys::Pidfd::open(state.pid);
  const Result<sys::ProcessIdentity> found = sys::identify_process(state.pid);
  if (!pidfd || !found || found->start_time != state.pid_start_time || found->zombie) return {};
  if (Result<> killed = pidfd->send_signal(SIGKILL); !killed) {
    if (killed.error().kind == ErrorKind::NotFound) return {};
    return killed;
  }
  if (TRY(pidfd->wait_for_end(kMomentMs))) return {};
  TRY(thaw_cgroup(state.cgroup));  // what v1 has frozen dies only then
  if (!TRY(pidfd->wait_for_end(kPatienceMs))) {
    return make_error(ErrorKind::System,
                      fmt::format("process {} doesn't end after SIGKILL", state.pid));
  }
  return {};
}

std::vector<spec::Hook> poststop_hooks(const store::ContainerDir& dir) {
  const Result<std::string> text = sys::read_file(dir.fd(), store::kConfigFile, kLargestConfig);
  if (!text) return {};  // killed before it was written: no hook has run, none has to
  // A whole parse for nothing would be the most expensive part of a delete.
  if (text->find("\"poststop\"") == std::string::npos) return {};
  Result<spec::Config> config = spec::parse_config(*text);
  if (!config || !config->hooks) return {};
  return std::move(config->hooks->poststop);
}

}  // namespace

Result<> remove_container(store::ContainerDir& dir, const store::State& state) {
  TRY(kill_init(state));
  // With a pid namespace of its own, everything died with init; the cgroup knows about the others,
  // and about an init that was never recorded.
  const bool all_died_with_init = state.pid != 0 && has_own_pid_namespace(state);
  if (!state.cgroup.empty() && !all_died_with_init) TRY(kill_cgroup(state.cgroup));
  TRY(remove_cgroup_and_unit(state.cgroup, state.unit));
  TRY(remove_rdt(state.rdt));
  const std::vector<spec::Hook> hooks = poststop_hooks(dir);
  TRY(dir.remove());
  run_poststop_hooks(hooks, HookState{.oci_version = state.oci_version,
                                      .id = state.id,
                                      .bundle = state.bundle,
                                      .annotations = state.annotations});
  return {};
}

}  // namespace ocirt::stages
