// Gathers what `ocirt doctor` wants to know besides the facts of every start. Runs in: the `doctor`
// process, and a child that tries what init would do.
#include "runtime/stages/probe_doctor.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "runtime/plan/names.h"
#include "runtime/stages/id_maps.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/steps.h"
#include "runtime/stages/user_namespace_hint.h"
#include "sys/file.h"
#include "sys/kernel_calls.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

// --- the trial -----------------------------------------------------------------------------------

// Runs in: the child, first process of its pid namespace.
[[noreturn]] void trial_main(void* argument) noexcept {
  const Channel doctor(*static_cast<int*>(argument));
  const Steps step(doctor);
  step(Stage::MapIds, [&]() -> Result<> {
    TRY(doctor.expect(MessageType::Proceed));
    return {};
  });
  for (const char* type : {"tmpfs", "proc"}) {
    step(Stage::Rootfs, [&]() -> Result<> {
      Result<sys::MountFd> made = sys::mount_detached(type, 0);
      if (made) return {};
      made.error().text = std::string("make a file system of type ") + type;
      return std::move(made).error();
    });
  }
  step(Stage::Ready, [&] { return doctor.send(MessageType::Ready); });
  _exit(0);
}

// The namespaces of a container, and the file systems that each needs.
Result<> try_container(const plan::HostFacts& host) {
  const bool has_rights = plan::has_capability(host.effective_capabilities, plan::kCapSysAdmin);
  sys::CloneOptions options{
      .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET,
      .cgroup_fd = {}};
  if (!has_rights) options.flags |= CLONE_NEWUSER;
  UniqueFd ours;
  UniqueFd theirs;
  std::tie(ours, theirs) = TRY(sys::packet_pair());
  int end = theirs.get();
  Result<sys::Child> child = sys::spawn(options, trial_main, &end);
  if (!child) {
    child.error().text = has_rights ? "make namespaces" : "make a user namespace";
    return std::move(child).error();
  }
  theirs.reset();
  if (!has_rights) {
    const auto only = [](uint32_t id) {
      return std::vector<spec::IdMapping>{{.container_id = 0, .host_id = id, .size = 1}};
    };
    TRY(write_id_maps({.method = plan::IdMapMethod::Direct,
                       .uids = only(host.euid),
                       .gids = only(host.egid),
                       .deny_setgroups = true},
                      child->pid()));
  }
  const Channel channel(ours.get());
  TRY(channel.send(MessageType::Proceed));
  TRY(channel.expect(MessageType::Ready));
  TRY(child->wait());
  return {};
}

// --- what is there -------------------------------------------------------------------------------

std::vector<std::string> missing_namespaces() {
  constexpr std::array<const char*, 8> kFiles = {"cgroup", "ipc",  "mnt",  "net",
                                                 "pid",    "time", "user", "uts"};
  std::vector<std::string> missing;
  for (const char* file : kFiles) {
    if (!sys::read_link(AT_FDCWD, (std::string("/proc/self/ns/") + file).c_str())) {
      missing.emplace_back(file);
    }
  }
  return missing;
}

bool exists(const std::string& path) {
  return static_cast<bool>(sys::open_at(AT_FDCWD, path.c_str(), O_PATH));
}

bool has_filesystem(std::string_view name) {
  const Result<std::string> list = sys::read_file(AT_FDCWD, "/proc/filesystems", 64 << 10);
  return list && list->find("\t" + std::string(name) + "\n") != std::string::npos;
}

// Setuid root, or with a file capability, as distributions differ.
bool is_privileged_program(const std::string& path) {
  const Result<UniqueFd> file = sys::open_at(AT_FDCWD, path.c_str(), O_PATH);
  struct stat about {};
  if (!file || ::fstat(file->get(), &about) != 0) return false;
  return ((about.st_mode & S_ISUID) != 0 && about.st_uid == 0) || sys::has_file_capability(path);
}

// Why no directory can be made for containers; empty: it can, or it is there and ours to write.
std::string state_root_problem(const HostPath& root) {
  std::string path = root.text;
  while (path.size() > 1 && !exists(path)) path.erase(std::max<size_t>(path.rfind('/'), 1));
  const Result<UniqueFd> directory = sys::open_at(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY);
  if (!directory) return path + " is no directory";
  if (::faccessat(directory->get(), ".", W_OK | X_OK, AT_EACCESS) == 0) return {};
  return path + " is not yours to write";
}

std::string user_bus() {
  const char* directory = ::getenv("XDG_RUNTIME_DIR");
  if (directory == nullptr || *directory != '/') return {};
  for (const char* name : {"/systemd/private", "/bus"}) {
    if (exists(directory + std::string(name))) return directory + std::string(name);
  }
  return {};
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.07  Sat ...": the first number with
// dots.
std::string nvidia_driver() {
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/sys/module/nvidia/version", 256);
  if (!text) return {};
  return text->substr(0, text->find('\n'));
}

}  // namespace

plan::DoctorFacts probe_for_doctor(const plan::HostFacts& host, const HostPath& state_root) {
  plan::DoctorFacts facts;
  facts.kernel = sys::kernel_release();
  facts.missing_calls = sys::missing_calls();
  facts.missing_namespaces = missing_namespaces();
  if (const Result<> tried = try_container(host); !tried) {
    facts.trial_failure = tried.error().message();
    facts.trial_cure = tried.error().hint.empty() ? user_namespace_hint() : tried.error().hint;
  }
  facts.state_root = state_root.text;
  facts.state_root_problem = state_root_problem(state_root);
  facts.seccomp = sys::has_seccomp_action(SECCOMP_RET_ERRNO);
  facts.seccomp_notify = sys::has_seccomp_action(SECCOMP_RET_USER_NOTIF);
  facts.overlay = has_filesystem("overlay");
  facts.newuidmap = sys::find_program("newuidmap");
  facts.newuidmap_privileged = !facts.newuidmap.empty() && is_privileged_program(facts.newuidmap);
  facts.systemd = exists("/run/systemd/system");
  facts.user_bus = user_bus();
  facts.criu = sys::find_program("criu");
  facts.nvidia_driver = nvidia_driver();
  facts.nvidia_openable = static_cast<bool>(sys::open_at(AT_FDCWD, "/dev/nvidiactl", O_RDWR));
  return facts;
}

}  // namespace ocirt::stages
