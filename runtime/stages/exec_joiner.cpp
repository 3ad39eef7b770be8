// The process that enters a container, and the one that stays there. Runs in: joiner, payload to
// be.
//
// The joiner joins everything but the pid namespace, which setns(2) keeps for its children: nobody
// in the container can see it. It takes on the payload's identity, and the last clone puts a
// process into the container's sight that has no more rights and no more fds than the payload
// itself. So there is never anything in there worth attacking, not even for CAP_SYS_PTRACE
// (CVE-2016-9962).
#include "runtime/stages/exec_joiner.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string>

#include "runtime/stages/executable.h"
#include "runtime/stages/identity.h"
#include "runtime/stages/payload.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/steps.h"
#include "sys/own_mount.h"
#include "sys/process.h"

namespace ocirt::stages {

namespace {

// What the joiner hands to the process that it clones.
struct Payload {
  const plan::ExecPlan& plan;
  ExecHandles& held;
  std::string program;  // the path to execute
  std::string home;     // for HOME; empty: the config sets it
  UniqueFd terminal;    // the payload's side
};

// Before the identity is taken, rather than right before execve.
bool filters_early(const plan::ExecPlan& plan) {
  return plan.seccomp && plan.seccomp->load_before_identity;
}

// Runs in: payload to be.
[[noreturn]] void payload_main(void* arguments) noexcept {
  Payload& payload = *static_cast<Payload*>(arguments);
  const plan::ExecPlan& plan = payload.plan;
  const Channel creator(payload.held.joiner_end.get());
  const Steps step(creator);
  step(Stage::Terminal, [&]() -> Result<> {
    TRY(lead_session());
    return take_terminal(payload.terminal);
  });
  step(Stage::Exec, [&] { return set_exec_label(plan.process); });
  step(Stage::Identity, [&]() -> Result<> {
    if (filters_early(plan)) return {};
    return settle_on_processors(plan.process, payload.held.pin);
  });
  step(Stage::Filter, [&]() -> Result<> {
    if (!plan.seccomp || filters_early(plan)) return {};
    return load_filter(plan.seccomp, payload.held.seccomp, creator);
  });
  step(Stage::Exec,
       [&]() -> Result<> { return execute(plan.process, payload.program, payload.home); });
  _exit(127);  // not reached: execute() returns only with an error
}

Result<> join_container(const plan::ExecPlan& plan, const ExecHandles& held) {
  if (plan.namespaces != 0 && ::setns(held.container_init, static_cast<int>(plan.namespaces)) < 0) {
    return last_error("join the container's namespaces");
  }
  if ((plan.namespaces & CLONE_NEWUSER) != 0) TRY(become_namespace_root());
  return {};
}

}  // namespace

void exec_joiner_main(void* arguments) noexcept {
  const plan::ExecPlan& plan = static_cast<ExecArguments*>(arguments)->plan;
  ExecHandles& held = static_cast<ExecArguments*>(arguments)->held;
  const Channel creator(held.joiner_end.get());
  const Steps step(creator);
  const plan::ProcessPlan& process = plan.process;
  Payload payload{.plan = plan, .held = held, .program = {}, .home = {}, .terminal = {}};

  held.creator_end.reset();  // with it open we would never see the creator die
  sys::let_go_of_own_mount();
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // fails for no valid signal
  (void)::prctl(PR_SET_NAME, "ocirt:exec");
  reset_signals();
  step(Stage::Cgroup, [&]() -> Result<> {
    TRY(creator.expect(MessageType::Proceed));
    return {};
  });
  step(Stage::Join, [&] { return join_container(plan, held); });
  // Nobody may look into us from here on; see init.cpp.
  (void)::prctl(PR_SET_DUMPABLE, 0);
  step(Stage::Terminal, [&]() -> Result<> {
    payload.terminal =
        TRY(open_terminal(process, held.console_socket.get(), creator, /*as_console=*/false));
    return {};
  });
  step(Stage::Identity, [&]() -> Result<> {
    if (process.uid != 0) give_stdio_to(process.uid);
    TRY(set_limits(process));
    if (filters_early(plan)) TRY(settle_on_processors(process, held.pin));
    payload.home = missing_home(process);
    return enter_working_directory(process);
  });
  step(Stage::Filter, [&]() -> Result<> {
    if (!filters_early(plan)) return {};
    return load_filter(plan.seccomp, held.seccomp, creator);
  });
  step(Stage::Identity, [&] { return take_identity(process); });
  step(Stage::Executable, [&]() -> Result<> {
    payload.program = TRY(find_executable(process, held.foreign_programs));
    return {};
  });
  close_others(process.preserved_fds, {held.joiner_end.get(), payload.terminal.get()});
  step(Stage::Spawn, [&]() -> Result<> {
    const pid_t pid = TRY(sys::spawn_sibling(sys::CloneOptions{}, payload_main, &payload));
    return creator.send(MessageType::InitPid, pid);
  });
  _exit(0);
}

}  // namespace ocirt::stages
