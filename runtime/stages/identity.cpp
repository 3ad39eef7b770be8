// Turns a process into the one that the container's user is to be. Runs in: init, and the process
// that `exec` adds.
#include "runtime/stages/identity.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/plan/names.h"
#include "sys/proc_dir.h"

namespace ocirt::stages {

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  // SIGKILL, SIGSTOP and the C library's own refuse: they have no handler to forget.
  for (int signal = 1; signal < NSIG; ++signal) (void)::sigaction(signal, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

namespace {

Result<> join_new_keyring() {
  // Without this the payload could read the keys of whoever called us (keyrings(7)). Hosts whose
  // seccomp filter or kernel has no keyrings have no keys to hide either.
  if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "_ocirt") < 0 && errno != ENOSYS &&
      errno != EPERM) {
    return last_error("join a new session keyring");
  }
  return {};
}

Result<> set_rlimits(const plan::ProcessPlan& process) {
  for (const plan::ResourceLimit& limit : process.limits) {
    const rlimit64 value{.rlim_cur = limit.soft, .rlim_max = limit.hard};
    if (::setrlimit64(static_cast<__rlimit_resource>(limit.resource), &value) < 0) {
      Error error = last_error(fmt::format("set {} to {}:{}", plan::name_of_limit(limit.resource),
                                           limit.soft, limit.hard));
      if (error.errno_value == EPERM) {
        error.hint =
            "raising a hard limit needs CAP_SYS_RESOURCE: ask for at most the caller's own";
      }
      return error;
    }
  }
  return {};
}

// struct sched_attr of sched_setattr(2), whose header can't stand beside the C library's.
struct SchedulingAttributes {
  uint32_t size = 0;
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};

// IOPRIO_WHO_PROCESS of ioprio_set(2). Its header has a parameter named "class" since
// Linux 6.1.192, which C++ can't read.
constexpr int kIoPriorityOfProcess = 1;

Result<> set_scheduling(const plan::ProcessPlan& process) {
  if (process.scheduler) {
    const plan::SchedulerPlan& wanted = *process.scheduler;
    const SchedulingAttributes attributes{.size = sizeof attributes,
                                          .policy = wanted.policy,
                                          .flags = wanted.flags,
                                          .nice = wanted.nice,
                                          .priority = wanted.priority,
                                          .runtime_ns = wanted.runtime_ns,
                                          .deadline_ns = wanted.deadline_ns,
                                          .period_ns = wanted.period_ns};
    if (::syscall(SYS_sched_setattr, 0, &attributes, 0) < 0) {
      return last_error(fmt::format("set scheduling policy {}", wanted.policy));
    }
  }
  if (process.io_priority &&
      ::syscall(SYS_ioprio_set, kIoPriorityOfProcess, 0, *process.io_priority) < 0) {
    return last_error(fmt::format("set io priority {:#x}", *process.io_priority));
  }
  return {};
}

Result<> set_memory_policy(const plan::ProcessPlan& process) {
  if (!process.memory_policy) return {};
  const plan::MemoryPolicyPlan& wanted = *process.memory_policy;
  std::vector<unsigned long> nodes((wanted.nodes.size() + sizeof(long) - 1) / sizeof(long));
  if (!nodes.empty()) std::memcpy(nodes.data(), wanted.nodes.data(), wanted.nodes.size());
  // The kernel takes one bit off the number that it is told (get_nodes() in mm/mempolicy.c).
  const size_t bits = nodes.size() * sizeof(long) * 8 + 1;
  if (::syscall(SYS_set_mempolicy, wanted.mode | wanted.flags,
                nodes.empty() ? nullptr : nodes.data(), bits) == 0) {
    return {};
  }
  Error error = last_error(fmt::format("set memory policy {:#x}", wanted.mode | wanted.flags));
  if (error.errno_value == ENOSYS) error.kind = ErrorKind::Unsupported;
  if (error.errno_value == EINVAL) {
    error.hint =
        "its nodes must exist (/sys/devices/system/node/has_memory) and be among those of the "
        "cgroup (cpuset.mems)";
  }
  return error;
}

}  // namespace

Result<> settle_on_processors(const plan::ProcessPlan& process, const sys::ProcessorPin& pin) {
  if (!process.final_affinity.empty()) return sys::run_on(process.final_affinity);
  if (process.all_processors && process.initial_affinity.empty()) {
    return sys::run_on_all_processors();
  }
  pin.let_go();
  return {};
}

Result<> set_limits(const plan::ProcessPlan& process) {
  if (process.new_keyring) TRY(join_new_keyring());
  TRY(set_rlimits(process));
  TRY(set_scheduling(process));
  TRY(set_memory_policy(process));
  if (process.personality && ::personality(static_cast<unsigned long>(*process.personality)) < 0) {
    return last_error(fmt::format("set personality {:#x}", *process.personality));
  }
  if (process.umask) (void)::umask(*process.umask);  // always succeeds
  return {};
}

namespace {

bool has(uint64_t set, int capability) {
  return (set >> capability & 1) != 0;
}

// By prctl and capset, not by libcap's calls: those ask for each capability before they change it,
// three system calls where one does (docs/decisions/).
Result<> drop_bounding(uint64_t keep) {
  for (int capability = 0; capability < 64; ++capability) {
    if (has(keep, capability)) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) break;  // past the last one that this kernel knows
    return last_error(fmt::format("drop capability {} from the bounding set", capability));
  }
  return {};
}

Result<> set_capabilities(const plan::CapabilityPlan& wanted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  constexpr unsigned kBitsPerWord = 32;
  for (unsigned word = 0; word < _LINUX_CAPABILITY_U32S_3; ++word) {
    const unsigned shift = word * kBitsPerWord;
    data[word].effective = static_cast<uint32_t>(wanted.effective >> shift);
    data[word].permitted = static_cast<uint32_t>(wanted.permitted >> shift);
    data[word].inheritable = static_cast<uint32_t>(wanted.inheritable >> shift);
  }
  if (::syscall(SYS_capset, &header, data) < 0) return last_error("set capabilities");
  return {};
}

Result<> set_ambient(uint64_t wanted) {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) {
    return last_error("clear the ambient capabilities");
  }
  for (int capability = 0; capability < 64; ++capability) {
    if (!has(wanted, capability)) continue;
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0) {
      return last_error(fmt::format("raise ambient capability {}", capability));
    }
  }
  return {};
}

Result<> set_ids(const plan::ProcessPlan& process) {
  if (process.groups && ::setgroups(process.groups->size(), process.groups->data()) < 0) {
    return last_error("set the supplementary groups");
  }
  const auto set = [](const char* what, uint32_t id, int outcome) -> Result<> {
    if (outcome == 0) return {};
    Error error = last_error(fmt::format("set {} {}", what, id));
    if (error.errno_value == EINVAL) {
      error.hint = "the id is not mapped in the container's user namespace";
    }
    return error;
  };
  TRY(set("gid", process.gid, ::setresgid(process.gid, process.gid, process.gid)));
  return set("uid", process.uid, ::setresuid(process.uid, process.uid, process.uid));
}

}  // namespace

Result<> take_identity(const plan::ProcessPlan& process) {
  // First, since it needs CAP_SETPCAP.
  TRY(drop_bounding(process.capabilities.bounding));
  // setuid() to another user would clear the permitted set that capset() needs below.
  if (::prctl(PR_SET_KEEPCAPS, 1) < 0) return last_error("keep capabilities over setuid");
  TRY(set_ids(process));
  if (::prctl(PR_SET_KEEPCAPS, 0) < 0) return last_error("stop keeping capabilities");
  TRY(set_capabilities(process.capabilities));
  // Last: an ambient capability has to be permitted and inheritable already (capabilities(7)).
  TRY(set_ambient(process.capabilities.ambient));
  if (process.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
    return last_error("set no_new_privs");
  }
  return {};
}

namespace {

Result<> set_apparmor_profile(sys::ProcDir& proc, const std::string& profile) {
  const std::string command = "exec " + profile;
  // The module's own directory is newer than the shared one (Linux 5.8).
  if (proc.write("thread-self/attr/apparmor/exec", command)) return {};
  Result<> done = proc.write("thread-self/attr/exec", command);
  if (done || done.error().errno_value != ENOENT) return done;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("the AppArmor profile \"{}\" is not loaded", profile))
      .with_hint("as root: apparmor_parser --replace FILE loads one, aa-status lists them");
}

Result<> set_selinux_label(sys::ProcDir& proc, const std::string& label) {
  Result<> done = proc.write("thread-self/attr/exec", label);
  if (done || done.error().errno_value != EINVAL) return done;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("the policy of SELinux doesn't know the label \"{}\"", label))
      .with_hint("a label is user:role:type:level, such as system_u:system_r:container_t:s0");
}

}  // namespace

Result<> set_exec_label(const plan::ProcessPlan& process) {
  if (process.apparmor_profile.empty() && process.selinux_label.empty()) return {};
  sys::ProcDir proc = TRY(sys::ProcDir::open());
  if (!process.apparmor_profile.empty()) {
    TRY(set_apparmor_profile(proc, process.apparmor_profile));
  }
  if (!process.selinux_label.empty()) TRY(set_selinux_label(proc, process.selinux_label));
  return {};
}

Result<> become_namespace_root() {
  // EINVAL: id 0 isn't mapped. Then we stay who we are, with all capabilities of the namespace.
  if (::setresgid(0, 0, 0) < 0 && errno != EINVAL)
    return last_error("become gid 0 of the namespace");
  if (::setresuid(0, 0, 0) < 0 && errno != EINVAL)
    return last_error("become uid 0 of the namespace");
  return {};
}

void give_stdio_to(uint32_t uid) {
  for (int fd = 0; fd <= 2; ++fd) {
    struct stat about {};
    if (::fstat(fd, &about) < 0 || about.st_uid == uid) continue;
    const bool is_terminal = S_ISCHR(about.st_mode) && ::isatty(fd) == 1;
    if (!S_ISFIFO(about.st_mode) && !S_ISSOCK(about.st_mode) && !is_terminal) continue;
    (void)::fchown(fd, uid, static_cast<gid_t>(-1));  // a courtesy: some hosts forbid it
  }
}

}  // namespace ocirt::stages
