// Adds a process to a container that runs. Runs in: creator (the `exec` process).
#include "runtime/stages/exec.h"

#include <unistd.h>

#include <cerrno>
#include <span>
#include <string_view>

#include "base/log.h"
#include "runtime/plan/decide.h"
#include "runtime/stages/attached.h"
#include "runtime/stages/attend.h"
#include "runtime/stages/exec_joiner.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rdt.h"
#include "runtime/stages/seccomp.h"
#include "runtime/stages/write_pid.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

Result<ExecHandles> acquire(const plan::ExecPlan& plan, const ExecRequest& request,
                            const sys::Pidfd& init) {
  ExecHandles held;
  std::tie(held.creator_end, held.joiner_end) = TRY(sys::packet_pair());
  held.container_init = init.get();
  if (plan.seccomp) {
    // The profile's text is at hand only for a whole config, so the cache has its filter already or
    // is left alone.
    held.seccomp =
        TRY(compile_seccomp(plan.seccomp->profile, HostPath{request.state_root.text + "/.seccomp"},
                            request.seccomp_source));
  }
  if (!request.console_socket.empty()) {
    held.console_socket = TRY(sys::connect_stream(request.console_socket));
  }
  held.foreign_programs = ::access("/proc/sys/fs/binfmt_misc/register", F_OK) == 0;
  held.cgroup = TRY(open_cgroup(plan.cgroup, plan.clone_into));
  return held;
}

// Where the config says nothing about processors. The kernel grants no deadlines to a process that
// is kept from some (sched(7), SCHED_DEADLINE).
bool may_pin(const plan::ProcessPlan& process) {
  return process.initial_affinity.empty() && process.final_affinity.empty() && !process.scheduler;
}

// Serves the joiner until it has cloned the payload, whose pid it tells.
Result<pid_t> attend_joiner(const Channel& joiner, const ListenerRoute& route, UniqueFd& terminal) {
  while (true) {
    std::optional<Channel::Received> received = TRY(joiner.receive());
    if (!received) {
      return make_error(ErrorKind::System, "the process ended without a word on its way in");
    }
    switch (received->message.type) {
      case MessageType::Terminal:
        terminal = std::move(received->fd);
        break;
      case MessageType::SeccompListener:
        TRY(route_listener(joiner, received->fd.get(), route));
        break;
      case MessageType::InitPid:
        return received->message.number;
      case MessageType::Failed:
        return error_in(received->message);
      default:
        return make_error(ErrorKind::Bug, "an unexpected message from the joiner");
    }
  }
}

// A cgroup that hands controllers down takes no processes (cgroups(7), "no internal processes"). A
// payload that makes it one, as systemd does, has moved below it before: there we go, too.
Result<sys::Child> spawn_joiner(plan::ExecPlan& plan, ExecHandles& held, pid_t container_init) {
  ExecArguments arguments{.plan = plan, .held = held};
  sys::CloneOptions options;
  if (plan.clone_into) options.cgroup_fd = held.cgroup.v2.get();
  Result<sys::Child> joiner = sys::spawn(options, exec_joiner_main, &arguments);
  if (joiner || joiner.error().errno_value != EBUSY || !plan.clone_into) return joiner;

  if (!follow_into_v2(plan.cgroup, container_init)) return joiner;
  held.cgroup = TRY(open_cgroup(plan.cgroup, plan.clone_into));
  options.cgroup_fd = held.cgroup.v2.get();
  return sys::spawn(options, exec_joiner_main, &arguments);
}

Result<> announce(const ExecRequest& request, const sys::Child& process) {
  if (!request.pid_file.empty()) TRY(write_pid_file(request.pid_file, process.pid()));
  if (request.pidfd_socket.empty()) return {};
  const UniqueFd socket = TRY(sys::connect_stream(request.pidfd_socket));
  constexpr std::string_view kName = "pidfd";
  return sys::send_packet(socket.get(), std::as_bytes(std::span(kName)), process.pidfd().get());
}

}  // namespace

Result<Executed> execute_in(const ExecRequest& request, const store::Found& container,
                            const sys::Pidfd& init, const spec::Config& config,
                            const spec::Process& process) {
  const plan::HostFacts host = TRY(probe_caller());
  plan::ExecPlan plan =
      TRY(plan::decide_exec(config, process, host, container.state.cgroup, request.options));
  if (!request.options.detached) adopt_terminal_size(plan.process);
  for (const std::string& warning : plan.warnings) log_warning(warning);
  ExecHandles held = TRY(acquire(plan, request, init));
  // Before the joiner is born into the container's cgroup (config.md: execCPUAffinity, initial).
  if (!plan.process.initial_affinity.empty()) TRY(sys::run_on(plan.process.initial_affinity));

  if (may_pin(plan.process)) held.pin = sys::ProcessorPin::take();

  sys::Child joiner = TRY(spawn_joiner(plan, held, container.state.pid));
  held.joiner_end.reset();
  const Channel channel(held.creator_end.get());
  TRY(enter_cgroup(plan.cgroup, held.cgroup, joiner.pid()));
  TRY(enter_rdt(container.state.rdt, joiner.pid()));
  // Fails when the joiner has ended already; its last words tell why.
  (void)channel.send(MessageType::Proceed);

  const HookState state{.oci_version = container.state.oci_version,
                        .id = container.state.id,
                        .bundle = container.state.bundle,
                        .annotations = container.state.annotations};
  const auto route_for = [&](pid_t pid) {
    return plan.seccomp ? listener_route(*plan.seccomp, state, "running", pid) : ListenerRoute{};
  };
  Executed executed;
  const pid_t pid = TRY(attend_joiner(channel, route_for(joiner.pid()), executed.terminal));
  executed.process = sys::Child(pid, TRY(sys::Pidfd::open(pid)));
  TRY(joiner.wait());
  TRY(await_exec(channel.socket(), route_for(pid)));
  TRY(announce(request, executed.process));
  return executed;
}

}  // namespace ocirt::stages
