// Makes a container of what `checkpoint` wrote. Runs in: the `restore` process.
#include "runtime/stages/restore.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include <optional>
#include <string_view>

#include "base/log.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/decide_criu.h"
#include "runtime/stages/attend.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/checkpoint.h"
#include "runtime/stages/criu.h"
#include "runtime/stages/criu_descriptors.h"
#include "runtime/stages/hooks.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/restore_mounts.h"
#include "runtime/stages/write_pid.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

constexpr const char* kLogFile = "restore.log";

// What is held while CRIU works, and undone when it fails.
struct Restoring {
  const RestoreRequest& request;
  const plan::CreatePlan& plan;
  const CriuFiles& files;
  RootfsHandles rootfs;
  std::vector<UniqueFd> namespaces;
  UniqueFd null_device;
  UniqueFd console_socket;
  HookOutput hook_output;
  CriuStart start;
};

// CRIU makes the restored process our child: where CRIU died, its half-made processes are, too.
void end_children() {
  const std::string path = fmt::format("/proc/self/task/{}/children", ::getpid());
  const Result<std::string> children = sys::read_file(AT_FDCWD, path.c_str(), 1 << 20);
  if (!children) return;
  const char* next = children->c_str();
  while (*next != '\0') {
    char* end = nullptr;
    const long pid = std::strtol(next, &end, 10);
    if (end == next || pid <= 0) return;
    next = end + strspn(end, " ");
    (void)::kill(static_cast<pid_t>(pid), SIGKILL);  // ours and not reaped: the pid is its own
    (void)::waitpid(static_cast<pid_t>(pid), nullptr, 0);
  }
}

void inherit(Restoring& restoring, plan::CriuRequest& request, std::string name, int fd) {
  request.inherited_fds.push_back(
      {.name = std::move(name), .fd = kFirstCriuFd + static_cast<int>(restoring.start.fds.size())});
  restoring.start.fds.push_back(fd);
}

// What led out of the container leads to our stdin, stdout and stderr now.
Result<> inherit_descriptors(Restoring& restoring, plan::CriuRequest& request) {
  const std::vector<std::string> names = TRY(read_descriptors(restoring.files.images.get()));
  for (size_t i = 0; i < names.size(); ++i) {
    const bool is_stdio = i < 3;
    if (is_external_file(names[i])) {
      if (!is_stdio && !restoring.null_device) {
        restoring.null_device = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
      }
      inherit(restoring, request, names[i],
              is_stdio ? static_cast<int>(i) : restoring.null_device.get());
    } else if (is_stdio && names[i].starts_with("pipe:")) {
      inherit(restoring, request, names[i], static_cast<int>(i));
    }
  }
  return {};
}

Result<> inherit_namespaces(Restoring& restoring, plan::CriuRequest& request) {
  for (const plan::JoinedNamespace& joined : restoring.plan.namespaces.joined) {
    for (const plan::ExternalNamespace& known : plan::external_namespaces()) {
      if (joined.clone_flag != known.clone_flag) continue;
      restoring.namespaces.push_back(
          TRY(sys::open_at(AT_FDCWD, joined.path.text.c_str(), O_RDONLY)));
      inherit(restoring, request, known.name, restoring.namespaces.back().get());
    }
  }
  return {};
}

Result<plan::CriuRequest> make_request(Restoring& restoring) {
  const plan::CreatePlan& plan = restoring.plan;
  plan::CriuRequest request{.action = plan::CriuAction::Restore,
                            .options = restoring.request.options,
                            .images_fd = kCriuImagesFd,
                            .work_fd = kCriuWorkFd,
                            .log_file = restoring.files.log_name,
                            .pid = 0,
                            .root = plan.rootfs.root.text,
                            .freeze_cgroup = {},
                            .config_file = criu_config_of(plan.annotations)};
  TRY(inherit_descriptors(restoring, request));
  TRY(inherit_namespaces(restoring, request));
  request.joined_namespaces = plan::namespaces_for_criu(plan.namespaces);
  request.cgroup_roots = plan::cgroup_roots(plan.cgroup.directories);
  request.external_mounts = TRY(prepare_mounts(plan.rootfs, restoring.rootfs));
  return request;
}

Result<> run_runtime_hooks(const Restoring& restoring, pid_t pid) {
  const plan::CreatePlan& plan = restoring.plan;
  const std::string state = print_hook_state(hook_state(plan), "creating", pid);
  TRY(run_hooks("prestart", plan.hooks.prestart, state, restoring.hook_output));
  return run_hooks("createRuntime", plan.hooks.create_runtime, state, restoring.hook_output);
}

// Receivers want between 1 and 4095 bytes beside the fd.
Result<> hand_over_terminal(const Restoring& restoring, UniqueFd master, UniqueFd& terminal) {
  if (!restoring.console_socket) {
    terminal = std::move(master);
    return {};
  }
  constexpr std::string_view kName = "/dev/console";
  return sys::send_packet(restoring.console_socket.get(), std::as_bytes(std::span(kName)),
                          master.get());
}

Result<> answer(const Restoring& restoring, CriuSession::Event& event, UniqueFd& terminal) {
  log_debug(fmt::format("CRIU: {}", event.reply.notification));
  if (event.reply.notification == "setup-namespaces") {
    return run_runtime_hooks(restoring, event.reply.pid);
  }
  if (event.reply.notification == "orphan-pts-master" && event.fd) {
    return hand_over_terminal(restoring, std::move(event.fd), terminal);
  }
  return {};
}

// Serves CRIU until the container runs. Returns its first process.
Result<sys::Child> serve(Restoring& restoring, const plan::CriuRequest& request,
                         const CgroupHandles& cgroup, UniqueFd& terminal) {
  CriuSession criu = TRY(CriuSession::start(restoring.files, restoring.start));
  if (request.options.cgroup_mode == plan::CriuCgroupMode::Ignore) {
    // Nobody moves the processes: they have to be born where they belong.
    TRY(enter_cgroup(restoring.plan.cgroup.directories, cgroup, criu.pid()));
  }
  TRY(criu.request(request));
  pid_t pid = 0;
  while (true) {
    CriuSession::Event event = TRY(criu.next());
    if (event.reply.pid > 0) pid = event.reply.pid;
    if (!event.reply.is_notification) break;
    Result<> answered = answer(restoring, event, terminal);
    TRY(criu.acknowledge(answered.has_value()));
    if (!answered) return std::move(answered).error();
  }
  if (pid == 0) return make_error(ErrorKind::System, "CRIU named no restored process");
  sys::Child init(pid, TRY(sys::Pidfd::open(pid)));
  TRY(criu.finish());
  return init;
}

// Removes the cgroup of a container that wasn't restored, and what CRIU left in it.
class CgroupGuard {
 public:
  explicit CgroupGuard(const plan::CgroupPlan& plan) : plan_(&plan) {}
  CgroupGuard(const CgroupGuard&) = delete;
  CgroupGuard& operator=(const CgroupGuard&) = delete;
  ~CgroupGuard() {
    if (plan_ == nullptr) return;
    end_children();
    if (plan_->directories.empty()) return;
    (void)kill_cgroup(plan_->directories);    // the error that led here is the one to tell
    (void)remove_cgroup(plan_->directories);  // likewise
  }
  void release() { plan_ = nullptr; }

 private:
  const plan::CgroupPlan* plan_;
};

// What `create` makes with the help of others, who want the container's first process for it.
Result<> refuse_unsupported(const plan::CreatePlan& plan) {
  if (plan.cgroup.unit) {
    return make_error(ErrorKind::Unsupported,
                      "a container can't be restored into a unit of systemd's")
        .with_hint("restore it without --systemd-cgroup, with a path as linux.cgroupsPath");
  }
  if (plan.rdt) {
    return make_error(ErrorKind::Unsupported, "a container with linux.intelRdt can't be restored");
  }
  return {};
}

Result<> acquire(Restoring& restoring) {
  const RestoreRequest& request = restoring.request;
  restoring.rootfs = TRY(acquire_rootfs(restoring.plan.rootfs));
  restoring.start.root = &restoring.plan.rootfs;
  restoring.start.held = &restoring.rootfs;
  restoring.start.own_stdio = request.options.shell_job;
  if (!request.create.console_socket.empty()) {
    restoring.console_socket = TRY(sys::connect_stream(request.create.console_socket));
  }
  if (restoring.plan.hooks != spec::Hooks{}) {
    restoring.hook_output = TRY(open_hook_output(restoring.plan.hook_files));
  }
  return {};
}

}  // namespace

Result<Restored> restore(const RestoreRequest& request) {
  const std::unique_ptr<Bundle> bundle = TRY(read_bundle(request.create));
  const plan::HostFacts host = TRY(probe_host());
  const plan::CreatePlan plan = TRY(plan::decide(bundle->config, host, request.create.options));
  TRY(refuse_unsupported(plan));
  for (const std::string& warning : plan.warnings) log_warning(warning);
  const CriuFiles files =
      TRY(open_criu_files(request.images, request.work, kLogFile, /*make=*/false));

  store::ContainerDir dir = TRY(store::ContainerDir::reserve(request.create.state_root, plan.id));
  store::State state = initial_state(plan);
  TRY(dir.write_state(state));  // with the cgroup's path: whoever finds us killed can clean up
  TRY(sys::replace_file(dir.fd(), store::kConfigFile, bundle->text, 0600));
  const CgroupHandles cgroup = TRY(make_cgroup(plan.cgroup));
  CgroupGuard cgroup_guard(plan.cgroup);

  Restoring restoring{.request = request, .plan = plan, .files = files};
  TRY(acquire(restoring));
  const plan::CriuRequest criu_request = TRY(make_request(restoring));
  UniqueFd terminal;
  sys::Child init = TRY(serve(restoring, criu_request, cgroup, terminal));

  state.pid = init.pid();
  state.pid_start_time = TRY(sys::identify_process(init.pid())).start_time;
  TRY(dir.write_state(state));
  if (!request.create.pid_file.empty()) TRY(write_pid_file(request.create.pid_file, init.pid()));
  dir.commit();
  cgroup_guard.release();
  return Restored{.dir = std::move(dir),
                  .state = std::move(state),
                  .init = std::move(init),
                  .terminal = std::move(terminal)};
}

}  // namespace ocirt::stages
