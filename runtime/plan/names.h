// The kernel's and the spec's names for numbers: capabilities, limits, namespaces, flags. Pure.
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cassert>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ocirt::plan {

struct NamedValue {
  std::string_view name;
  uint64_t value = 0;
};

/// The value that `table` gives to `name`.
constexpr std::optional<uint64_t> find_value(std::span<const NamedValue> table,
                                             std::string_view name) {
  for (const NamedValue& entry : table) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

/// The same for a name that spec::validate() has let pass, so that `table` has it.
constexpr uint64_t value_of(std::span<const NamedValue> table, std::string_view name) {
  const std::optional<uint64_t> value = find_value(table, name);
  assert(value);
  return value.value_or(0);
}

// clang-format off

/// linux.namespaces[].type, in the order of CLONE_NEW* in this list. CLONE_NEWTIME is 0x80, which
/// only clone3 and unshare take.
inline constexpr NamedValue kNamespaceTypes[] = {
    {"user", CLONE_NEWUSER}, {"pid", CLONE_NEWPID},   {"network", CLONE_NEWNET},
    {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},   {"mount", CLONE_NEWNS},
    {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};

/// The same flags by the kernel's names.
inline constexpr NamedValue kCloneFlags[] = {
    {"CLONE_NEWUSER", CLONE_NEWUSER}, {"CLONE_NEWPID", CLONE_NEWPID},
    {"CLONE_NEWNET", CLONE_NEWNET},   {"CLONE_NEWIPC", CLONE_NEWIPC},
    {"CLONE_NEWUTS", CLONE_NEWUTS},   {"CLONE_NEWNS", CLONE_NEWNS},
    {"CLONE_NEWCGROUP", CLONE_NEWCGROUP}, {"CLONE_NEWTIME", CLONE_NEWTIME},
};

/// Bit numbers of capabilities(7), in their order; kCapabilities[n] is capability n.
inline constexpr std::string_view kCapabilities[] = {
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID",
    "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
    "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
    "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};

/// Numbers of the limits of getrlimit(2).
inline constexpr NamedValue kResourceLimits[] = {
    {"RLIMIT_CPU", 0},     {"RLIMIT_FSIZE", 1},    {"RLIMIT_DATA", 2},       {"RLIMIT_STACK", 3},
    {"RLIMIT_CORE", 4},    {"RLIMIT_RSS", 5},      {"RLIMIT_NPROC", 6},      {"RLIMIT_NOFILE", 7},
    {"RLIMIT_MEMLOCK", 8}, {"RLIMIT_AS", 9},       {"RLIMIT_LOCKS", 10},
    {"RLIMIT_SIGPENDING", 11}, {"RLIMIT_MSGQUEUE", 12}, {"RLIMIT_NICE", 13},
    {"RLIMIT_RTPRIO", 14}, {"RLIMIT_RTTIME", 15},
};

/// "RLIMIT_NOFILE".
std::string_view name_of_limit(int resource);

/// Of linux/sched.h, which clashes with sched.h.
inline constexpr NamedValue kSchedulerPolicies[] = {
    {"SCHED_OTHER", 0}, {"SCHED_FIFO", 1}, {"SCHED_RR", 2},       {"SCHED_BATCH", 3},
    {"SCHED_ISO", 4},   {"SCHED_IDLE", 5}, {"SCHED_DEADLINE", 6},
};

inline constexpr NamedValue kSchedulerFlags[] = {
    {"SCHED_FLAG_RESET_ON_FORK", 0x01}, {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_DL_OVERRUN", 0x04},    {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},   {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
};

/// Classes of ioprio_set(2).
inline constexpr NamedValue kIoPriorityClasses[] = {
    {"IOPRIO_CLASS_RT", 1}, {"IOPRIO_CLASS_BE", 2}, {"IOPRIO_CLASS_IDLE", 3},
};

/// linux.memoryPolicy.mode: MPOL_* of linux/mempolicy.h, which older systems' headers lack in part.
inline constexpr NamedValue kMemoryPolicyModes[] = {
    {"MPOL_DEFAULT", 0},             {"MPOL_BIND", 2},      {"MPOL_INTERLEAVE", 3},
    {"MPOL_WEIGHTED_INTERLEAVE", 6}, {"MPOL_PREFERRED", 1}, {"MPOL_PREFERRED_MANY", 5},
    {"MPOL_LOCAL", 4},
};

/// linux.memoryPolicy.flags, which set_mempolicy(2) takes together with the mode.
inline constexpr NamedValue kMemoryPolicyFlags[] = {
    {"MPOL_F_NUMA_BALANCING", 1 << 13}, {"MPOL_F_RELATIVE_NODES", 1 << 14},
    {"MPOL_F_STATIC_NODES", 1 << 15},
};

/// MS_* that say how mount events travel.
inline constexpr NamedValue kPropagationFlags[] = {
    {"MS_REC", MS_REC},         {"MS_PRIVATE", MS_PRIVATE},       {"MS_SLAVE", MS_SLAVE},
    {"MS_SHARED", MS_SHARED},   {"MS_UNBINDABLE", MS_UNBINDABLE},
};

/// linux.rootfsPropagation and mount options.
inline constexpr NamedValue kPropagations[] = {
    {"private", MS_PRIVATE},       {"rprivate", MS_REC | MS_PRIVATE},
    {"slave", MS_SLAVE},           {"rslave", MS_REC | MS_SLAVE},
    {"shared", MS_SHARED},         {"rshared", MS_REC | MS_SHARED},
    {"unbindable", MS_UNBINDABLE}, {"runbindable", MS_REC | MS_UNBINDABLE},
};

/// MOUNT_ATTR_* of mount_setattr(2). relatime is 0, so it has no bit to print.
inline constexpr NamedValue kMountAttributes[] = {
    {"MOUNT_ATTR_RDONLY", MOUNT_ATTR_RDONLY},   {"MOUNT_ATTR_NOSUID", MOUNT_ATTR_NOSUID},
    {"MOUNT_ATTR_NODEV", MOUNT_ATTR_NODEV},     {"MOUNT_ATTR_NOEXEC", MOUNT_ATTR_NOEXEC},
    {"MOUNT_ATTR__ATIME", MOUNT_ATTR__ATIME},   {"MOUNT_ATTR_NOATIME", MOUNT_ATTR_NOATIME},
    {"MOUNT_ATTR_STRICTATIME", MOUNT_ATTR_STRICTATIME},
    {"MOUNT_ATTR_NODIRATIME", MOUNT_ATTR_NODIRATIME},
    {"MOUNT_ATTR_NOSYMFOLLOW", MOUNT_ATTR_NOSYMFOLLOW},
};

// clang-format on

/// The number of the capability `name` ("CAP_CHOWN"), if Linux has it.
std::optional<int> capability_number(std::string_view name);

inline constexpr int kCapSetgid = 6;
inline constexpr int kCapSetuid = 7;
inline constexpr int kCapSysAdmin = 21;
inline constexpr int kCapSetfcap = 31;

constexpr bool has_capability(uint64_t set, int number) {
  return (set >> number & 1) != 0;
}

}  // namespace ocirt::plan
