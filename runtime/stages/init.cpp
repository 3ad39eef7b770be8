// The container's first process, from its birth to execve. Runs in: init.
#include "runtime/stages/init.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "runtime/stages/attend.h"
#include "runtime/stages/awaited_cgroup.h"
#include "runtime/stages/executable.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/hooks.h"
#include "runtime/stages/identity.h"
#include "runtime/stages/joiner.h"
#include "runtime/stages/lock_paths.h"
#include "runtime/stages/payload.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rootfs.h"
#include "runtime/stages/spawn_init.h"
#include "runtime/stages/steps.h"
#include "runtime/stages/sysctl.h"

namespace ocirt::stages {

namespace {

// Until `create` is done, init dies with its creator, so that nothing half-made stays. The kernel
// forgets this at each change of identity; from then on the closed channel tells the same.
void die_with_creator() {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
}

Result<> wait_for_creator(const plan::CreatePlan& plan, const Channel& creator) {
  if (init_waits(plan)) TRY(creator.expect(MessageType::Proceed));
  return {};
}

Result<> enter_namespaces(const plan::CreatePlan& plan, const Handles& held,
                          AwaitedCgroup& cgroup) {
  if (!plan.namespaces.needs_joiner) {
    TRY(join_namespaces(plan.namespaces, held.namespaces));
    TRY(enter_time_namespace(plan.namespaces));
  }
  if ((all_namespaces(plan.namespaces) & CLONE_NEWUSER) != 0) {
    TRY(become_namespace_root());
    die_with_creator();
  }
  // From here on nobody in the container may look into us, whatever its capabilities in its own
  // user namespace are (CVE-2016-9962). Not earlier: the creator could not write our id maps.
  (void)::prctl(PR_SET_DUMPABLE, 0);
  return cgroup.is_there() ? cgroup.enter() : Result<>();
}

Result<> bring_up_loopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket for the loopback interface");
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0) {
    return last_error("bring up the loopback interface");
  }
  return {};
}

Result<> set_up_network_and_names(const plan::CreatePlan& plan) {
  if (plan.bring_up_loopback) TRY(bring_up_loopback());
  if (!plan.hostname.empty() && ::sethostname(plan.hostname.data(), plan.hostname.size()) < 0) {
    return last_error(fmt::format("set hostname \"{}\"", plan.hostname));
  }
  if (!plan.domainname.empty() &&
      ::setdomainname(plan.domainname.data(), plan.domainname.size()) < 0) {
    return last_error(fmt::format("set domainname \"{}\"", plan.domainname));
  }
  return {};
}

Result<> ask_for_runtime_hooks(const plan::CreatePlan& plan, const Channel& creator) {
  if (plan.hooks.prestart.empty() && plan.hooks.create_runtime.empty()) return {};
  TRY(creator.send(MessageType::RunRuntimeHooks));
  TRY(creator.expect(MessageType::HooksDone));
  return {};
}

// Hooks in the container's namespaces are told our pid as it is there (runtime.md#state).
Result<> run_own_hooks(const plan::CreatePlan& plan, std::string_view kind,
                       const std::vector<spec::Hook>& hooks, std::string_view status,
                       const HookOutput& output) {
  if (hooks.empty()) return {};
  return run_hooks(kind, hooks, print_hook_state(hook_state(plan), status, ::getpid()), output);
}

// Tells the creator that all is made, and outlives it from its answer on.
Result<> report_ready(const Channel& creator, bool has_gate) {
  // Before the word, since the creator ends right after its answer; if it dies before it answers,
  // the closed channel tells.
  (void)::prctl(PR_SET_PDEATHSIG, 0);
  TRY(creator.send(MessageType::Ready));
  TRY(creator.expect(has_gate ? MessageType::Committed : MessageType::Start));
  return {};
}

// The kernel drops every signal that the first process of a pid namespace has no handler for, so
// `kill` could not end a container that waits for start. execve takes the handlers away again.
void end_on_signals() {
  struct sigaction end {};
  end.sa_handler = [](int signal) { _exit(128 + signal); };
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE}) {
    (void)::sigaction(signal, &end, nullptr);  // fails for no valid signal
  }
}

// What to execute, found out step by step.
struct Program {
  std::string path;
  std::string home;  // for HOME; empty: the config sets it
};

// The last steps, whose failures go to whoever opened the gate.
[[noreturn]] void become_payload(const plan::CreatePlan& plan, const Handles& held,
                                 const Program& program, const Channel& starter) noexcept {
  const Steps step(starter);
  const bool filter_is_due = plan.seccomp && !plan.seccomp->load_before_identity;
  step(Stage::StartHooks, [&] {
    // What runs in the container gets no file of the host.
    return run_own_hooks(plan, "startContainer", plan.hooks.start_container, "created", {});
  });
  step(Stage::Exec, [&] { return set_exec_label(plan.process); });
  step(Stage::Filter, [&]() -> Result<> {
    if (!filter_is_due) return {};
    return load_filter(plan.seccomp, held.seccomp, starter);
  });
  step(Stage::Exec,
       [&]() -> Result<> { return execute(plan.process, program.path, program.home); });
  _exit(127);  // not reached: execute() returns only with an error
}

}  // namespace

void init_main(void* arguments) noexcept {
  const plan::CreatePlan& plan = static_cast<InitArguments*>(arguments)->plan;
  Handles& held = static_cast<InitArguments*>(arguments)->held;
  const Channel creator(held.init_end.get());
  const Steps step(creator);
  const plan::ProcessPlan& process = plan.process;
  Program program;
  AwaitedCgroup cgroup(plan, held.cgroup, creator);

  let_go_of_creator(held);
  die_with_creator();
  (void)::prctl(PR_SET_NAME, "ocirt:init");
  reset_signals();
  step(Stage::MapIds, [&] { return wait_for_creator(plan, creator); });
  step(Stage::Join, [&] { return enter_namespaces(plan, held, cgroup); });
  step(Stage::Network, [&] { return set_up_network_and_names(plan); });
  step(Stage::Rootfs, [&] { return build_rootfs(plan.rootfs, held.rootfs, cgroup); });
  step(Stage::Cgroup, [&] { return cgroup.enter(); });
  // Both kinds before pivot, while the host's programs are still in sight (runtime.md#lifecycle).
  step(Stage::RuntimeHooks, [&] { return ask_for_runtime_hooks(plan, creator); });
  step(Stage::ContainerHooks, [&] {
    return run_own_hooks(plan, "createContainer", plan.hooks.create_container, "creating",
                         held.hook_output);
  });
  step(Stage::Pivot, [&] { return pivot(plan.rootfs, held.rootfs); });
  // Before the root becomes read-only: /dev/console and the working directory may have to be made.
  step(Stage::Terminal, [&]() -> Result<> {
    TRY(lead_session());
    TRY(take_terminal(TRY(open_terminal(process, held.console_socket.get(), creator,
                                        /*as_console=*/true))));
    return make_working_directory(process);
  });
  // Sysctls before masks and readonly paths, which usually cover /proc/sys.
  step(Stage::Lock, [&]() -> Result<> {
    TRY(write_sysctls(plan.sysctls));
    return lock_paths(plan.rootfs, held.rootfs);
  });
  step(Stage::Identity, [&]() -> Result<> {
    if (process.uid != 0) give_stdio_to(process.uid);
    TRY(set_limits(process));
    TRY(settle_on_processors(process, held.pin));
    program.home = missing_home(process);
    return enter_working_directory(process);
  });
  // Without no_new_privs a filter needs CAP_SYS_ADMIN, which take_identity() usually gives away.
  step(Stage::Filter, [&]() -> Result<> {
    if (!plan.seccomp || !plan.seccomp->load_before_identity) return {};
    return load_filter(plan.seccomp, held.seccomp, creator);
  });
  step(Stage::Identity, [&] { return take_identity(process); });
  step(Stage::Executable, [&]() -> Result<> {
    program.path = TRY(find_executable(process, held.foreign_programs));
    return {};
  });
  close_others(process.preserved_fds, {held.init_end.get(), held.gate.get()});
  // Whoever hears that we are ready may join us at once (`exec`, pasta), which takes the right to
  // look into us. There is nothing left to see but the channel, of which the creator wants one
  // word.
  if (held.gate) (void)::prctl(PR_SET_DUMPABLE, 1);
  step(Stage::Ready, [&] { return report_ready(creator, static_cast<bool>(held.gate)); });
  if (!held.gate) become_payload(plan, held, program, creator);

  held.init_end.reset();
  end_on_signals();
  Result<UniqueFd> starter = wait_at_gate(held.gate.get());
  if (!starter) _exit(1);  // nobody is there to be told
  become_payload(plan, held, program, Channel(starter->get()));
}

}  // namespace ocirt::stages
