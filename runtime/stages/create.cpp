// Makes a container and, for `run`, starts it. Runs in: creator.
#include "runtime/stages/create.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include "base/log.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/decide_unit.h"
#include "runtime/stages/attached.h"
#include "runtime/stages/attend.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/gpus.h"
#include "runtime/stages/handles.h"
#include "runtime/stages/notify.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/probe_systemd.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rdt.h"
#include "runtime/stages/remove.h"
#include "runtime/stages/seccomp.h"
#include "runtime/stages/spawn_init.h"
#include "runtime/stages/unit_manager.h"
#include "runtime/stages/write_pid.h"
#include "spec/load.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

constexpr size_t kLargestConfig = 64 << 20;

plan::UnitReference unit_of(const plan::CgroupPlan& plan) {
  return plan.unit ? plan.unit->reference : plan::UnitReference();
}

// Opens all that only the host's view has. After the cgroup is made, which may itself be mounted.
Result<Handles> acquire(const plan::CreatePlan& plan, const CreateRequest& request,
                        const Bundle& bundle, const store::ContainerDir& dir, Gate gate) {
  Handles held;
  std::tie(held.creator_end, held.init_end) = TRY(sys::packet_pair());
  for (const plan::JoinedNamespace& joined : plan.namespaces.joined) {
    held.namespaces.push_back(TRY(sys::open_at(AT_FDCWD, joined.path.text.c_str(), O_RDONLY)));
  }
  held.rootfs = TRY(acquire_rootfs(plan.rootfs));
  if (plan.seccomp) {
    held.seccomp =
        TRY(compile_seccomp(plan.seccomp->profile, HostPath{request.state_root.text + "/.seccomp"},
                            bundle.seccomp_source));
  }
  if (!request.console_socket.empty()) {
    held.console_socket = TRY(sys::connect_stream(request.console_socket));
  }
  if (plan.hooks != spec::Hooks{}) held.hook_output = TRY(open_hook_output(plan.hook_files));
  if (gate == Gate::ForStart) held.gate = TRY(sys::listen_at(dir.fd(), store::kGateSocket));
  held.foreign_programs = ::access("/proc/sys/fs/binfmt_misc/register", F_OK) == 0;
  return held;
}

// Removes the groups of a container that didn't come to be: what resctrl has of it, and its cgroup
// from when that is ours: before, it may be another container's.
class CgroupGuard {
 public:
  CgroupGuard() = default;
  CgroupGuard(const CgroupGuard&) = delete;
  CgroupGuard& operator=(const CgroupGuard&) = delete;
  ~CgroupGuard() { clean_up(); }
  void watch_over(const plan::CgroupPlan& plan) { plan_ = &plan; }
  void clean_up() {
    const plan::CgroupPlan* plan = std::exchange(plan_, nullptr);
    if (plan != nullptr) {
      (void)kill_cgroup(plan->directories);  // the error that led here is the one to tell
      (void)remove_cgroup_and_unit(plan->directories, unit_of(*plan));  // likewise
    }
    (void)remove_rdt(std::exchange(rdt_, {}));  // likewise
  }
  void also_remove(store::RdtGroups rdt) { rdt_ = std::move(rdt); }
  void release() {
    plan_ = nullptr;
    rdt_ = {};
  }

 private:
  const plan::CgroupPlan* plan_ = nullptr;
  store::RdtGroups rdt_;
};

// Is there nothing for us to do between init's "ready" and its execve? Then it need not wait for
// our word, which would cost two changes between processes.
bool nothing_precedes_start(const plan::CreatePlan& plan, const CreateRequest& request) {
  const bool has_listener = plan.seccomp && !plan.seccomp->listener_path.empty();
  return plan.hooks == spec::Hooks{} && !has_listener && request.pid_file.empty() &&
         request.pidfd_socket.empty() && request.options.notify_directory.text.empty() &&
         plan.cgroup.delegated.empty();
}

// Begins to connect to systemd's manager.
Result<UnitManager> start_manager(plan::HostFacts& host) {
  TRY(probe_systemd(host));
  return UnitManager::start(TRY(plan::decide_bus(host)));
}

// Waits for the unit, and makes the rest of the cgroup in it.
Result<> join_unit(const plan::CgroupPlan& plan, UnitManager& manager, const sys::Child& init,
                   Handles& held, CgroupGuard& guard) {
  Result<> joined = manager.await_answer();
  if (joined) {
    guard.watch_over(plan);
    Result<UniqueFd> made = make_cgroup_in_unit(plan, init.pid());
    if (made) {
      held.cgroup.delegated = std::move(*made);
      return {};
    }
    joined = std::move(made).error();
  }
  // Nobody can put an init that has failed anywhere: then its own words are the ones to tell.
  if (init.pidfd().wait_for_end(0).value_or(false)) {
    const Result<std::optional<Channel::Received>> last_words =
        Channel(held.creator_end.get()).receive();
    if (last_words && *last_words && (*last_words)->message.type == MessageType::Failed) {
      return error_in((*last_words)->message);
    }
  }
  return std::move(joined).error().at(name_of(Stage::Cgroup));
}

Result<> send_pidfd(const std::string& socket_path, const sys::Pidfd& pidfd) {
  if (socket_path.empty()) return {};
  const UniqueFd socket = TRY(sys::connect_stream(socket_path));
  constexpr std::string_view kName = "pidfd";
  return sys::send_packet(socket.get(), std::as_bytes(std::span(kName)), pidfd.get());
}

}  // namespace

store::State initial_state(const plan::CreatePlan& plan) {
  store::State state{.oci_version = plan.oci_version,
                     .id = plan.id,
                     .bundle = plan.bundle.text,
                     .rootfs = plan.rootfs.root.text,
                     .created = store::timestamp_now(),
                     .owner = ::geteuid(),
                     .annotations = plan.annotations,
                     .pid = 0,
                     .pid_start_time = 0,
                     .namespaces = all_namespaces(plan.namespaces),
                     .joined = joined_namespaces(plan.namespaces),
                     .cgroup = {},
                     .rdt = plan.rdt ? rdt_groups(*plan.rdt) : store::RdtGroups{},
                     .unit = unit_of(plan.cgroup)};
  if (!plan.cgroup.unit) state.cgroup = plan.cgroup.directories;
  return state;
}

Result<std::unique_ptr<Bundle>> read_bundle(const CreateRequest& request) {
  const std::string path = request.config_file.text.empty()
                               ? request.options.bundle.text + "/config.json"
                               : request.config_file.text;
  auto bundle = std::make_unique<Bundle>();
  Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kLargestConfig);
  if (!text) {
    if (text.error().kind == ErrorKind::NotFound) {
      text.error().hint = "a bundle is a directory with a config.json; `ocirt spec` writes one";
    }
    return std::move(text).error().at(name_of(Stage::Read));
  }
  bundle->text = std::move(*text);
  spec::SourceSpans spans;
  // At once, so that a wrong type doesn't hide a wrong value.
  Result<spec::Config> config = spec::load_config(bundle->text, &spans);
  if (!config) {
    config.error().text = fmt::format("{}: {}", path, config.error().text);
    return std::move(config).error().at(name_of(Stage::Validate));
  }
  bundle->config = std::move(*config);
  bundle->seccomp_source = spans.seccomp;
  return bundle;
}

Result<Created> create(const CreateRequest& request, Gate gate) {
  plan::HostFacts host = TRY(probe_host());
  UnitManager manager;  // first, since it connects to systemd while we go on
  if (plan::uses_systemd(request.options)) manager = TRY(start_manager(host));
  const std::unique_ptr<Bundle> bundle = TRY(read_bundle(request));
  PlanWithGpus decided = TRY(decide_with_gpus(bundle->config, host, request));
  plan::CreatePlan& plan = decided.plan;

  if (!request.options.detached) adopt_terminal_size(plan.process);
  for (const std::string& warning : plan.warnings) log_warning(warning);

  store::ContainerDir dir = TRY(store::ContainerDir::reserve(request.state_root, plan.id));
  store::State state = initial_state(plan);
  TRY(dir.write_state(state));  // with the cgroup's path: whoever finds us killed can clean up
  const std::string& config_text = decided.config_text.empty() ? bundle->text : decided.config_text;
  TRY(sys::replace_file(dir.fd(), store::kConfigFile, config_text, 0600));
  if (!request.options.notify_directory.text.empty()) TRY(make_notify_directory(dir.fd()));
  TRY(write_gpu_files(dir.fd(), decided.files));

  CgroupHandles cgroup;
  CgroupGuard cgroup_guard;
  if (!plan.cgroup.unit) {
    cgroup = TRY(make_cgroup(plan.cgroup));
    cgroup_guard.watch_over(plan.cgroup);
  }
  if (plan.rdt) {
    TRY(make_rdt(*plan.rdt));
    cgroup_guard.also_remove(state.rdt);
  }
  log_debug(fmt::format("{}: state directory and cgroup are made", plan.id));
  Handles held = TRY(acquire(plan, request, *bundle, dir, gate));
  held.cgroup = std::move(cgroup);
  held.state_directory = dir.fd();
  // Hooks would inherit it, and the kernel grants no deadlines to a pinned process (sched(7)).
  // With systemd there is work for two.
  if (plan.hooks == spec::Hooks{} && !plan.process.scheduler && !plan.cgroup.unit) {
    held.pin = sys::ProcessorPin::take();
  }
  sys::Child init = TRY(spawn_init(plan, held));  // killed and reaped if we leave early
  log_debug(fmt::format("{}: init is process {}", plan.id, init.pid()));
  if (plan.cgroup.unit) TRY(manager.request_scope(*plan.cgroup.unit, init.pid()));
  if (Result<> prepared = prepare_init(plan, held, init); !prepared) {
    return std::move(prepared).error();
  }
  state.pid = init.pid();
  state.pid_start_time = TRY(sys::identify_process(init.pid())).start_time;
  if (plan.cgroup.unit) {
    TRY(join_unit(plan.cgroup, manager, init, held, cgroup_guard));
    state.cgroup = plan.cgroup.directories;
    TRY(dir.write_state(state));           // before there is a process that would not end with us
    (void)Channel(held.creator_end.get())  // attend() tells why it failed
        .send(MessageType::CgroupJoined, 0, held.cgroup.delegated.get());
  }
  // While init works on the other processor. A container that waits for start is recorded when it
  // is ready, since from then on its status is created.
  if (gate == Gate::ForRun && !plan.cgroup.unit) TRY(dir.write_state(state));
  const bool told_to_start = gate == Gate::ForRun && nothing_precedes_start(plan, request);
  // Fails when init has ended already; attend() tells why.
  if (told_to_start) (void)Channel(held.creator_end.get()).send(MessageType::Start);
  Result<UniqueFd> attended = attend(plan, held, init);
  if (!attended) {
    // Hooks may have run: what they made outside of us is for the poststop hooks to undo, once
    // nothing of the container is left (runtime.md#lifecycle, steps 3 to 5 and 13).
    init = sys::Child();
    cgroup_guard.clean_up();
    run_poststop_hooks(plan.hooks.poststop, hook_state(plan));
    return std::move(attended).error();
  }
  UniqueFd terminal = std::move(*attended);

  log_debug(fmt::format("{}: init is ready", plan.id));
  TRY(hand_down_to_delegated(plan.cgroup));
  if (gate == Gate::ForStart) TRY(dir.write_state(state));
  TRY(send_pidfd(request.pidfd_socket, init.pidfd()));
  const auto receiver = plan.annotations.find("run.oci.pidfd_receiver");
  if (receiver != plan.annotations.end()) TRY(send_pidfd(receiver->second, init.pidfd()));
  if (!request.pid_file.empty()) TRY(write_pid_file(request.pid_file, init.pid()));
  if (gate == Gate::ForStart) {
    TRY(Channel(held.creator_end.get()).send(MessageType::Committed));
    dir.commit();
    init.release();  // from here on the container is on its own
  }
  cgroup_guard.release();
  return Created{.dir = std::move(dir),
                 .state = std::move(state),
                 .plan = std::move(plan),
                 .init = std::move(init),
                 .creator_end = std::move(held.creator_end),
                 .terminal = std::move(terminal),
                 .told_to_start = told_to_start};
}

Result<> start_created(Created& created) {
  const plan::CreatePlan& plan = created.plan;
  const Channel channel(created.creator_end.get());
  if (!created.told_to_start) TRY(channel.send(MessageType::Start));
  const ListenerRoute route =
      plan.seccomp ? listener_route(*plan.seccomp, hook_state(plan), "created", created.init.pid())
                   : ListenerRoute{};
  TRY(await_exec(channel.socket(), route));
  return run_poststart_hooks(plan.hooks.poststart, hook_state(plan), created.init.pid());
}

}  // namespace ocirt::stages
