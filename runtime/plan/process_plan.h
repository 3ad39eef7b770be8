// The part of the Plan that is about the payload: what it runs, as whom, within which limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spec/config.h"

namespace ocirt::plan {

struct ResourceLimit {
  int resource = 0;  // RLIMIT_NOFILE, ...
  uint64_t soft = 0;
  uint64_t hard = 0;
  friend bool operator==(const ResourceLimit&, const ResourceLimit&) = default;
};

struct CapabilityPlan {  // bit n is capability n
  uint64_t bounding = 0;
  uint64_t effective = 0;
  uint64_t inheritable = 0;
  uint64_t permitted = 0;
  uint64_t ambient = 0;
  friend bool operator==(const CapabilityPlan&, const CapabilityPlan&) = default;
};

struct SchedulerPlan {  // struct sched_attr (sched_setattr(2))
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
  friend bool operator==(const SchedulerPlan&, const SchedulerPlan&) = default;
};

/// A set of processors: byte n / 8, bit n % 8 is processor n, as sched_setaffinity(2) takes it on a
/// little-endian machine. Empty: leave as it is.
using CpuSet = std::vector<uint8_t>;

struct MemoryPolicyPlan {      // set_mempolicy(2)
  uint32_t mode = 0;           // MPOL_BIND, ...
  uint32_t flags = 0;          // MPOL_F_*
  std::vector<uint8_t> nodes;  // byte n / 8, bit n % 8 is node n
  friend bool operator==(const MemoryPolicyPlan&, const MemoryPolicyPlan&) = default;
};

struct ProcessPlan {
  std::vector<std::string> args;
  std::vector<std::string> env;
  std::string cwd;
  uint32_t uid = 0;
  uint32_t gid = 0;
  /// Absent: the groups stay as they are, since setgroups is denied or the caller asked to keep
  /// them.
  std::optional<std::vector<uint32_t>> groups;
  std::optional<uint32_t> umask;
  /// Without a capabilities object in the config all sets are empty. Only what can be granted here.
  CapabilityPlan capabilities;
  bool no_new_privileges = false;
  std::vector<ResourceLimit> limits;
  std::optional<int32_t> oom_score_adj;
  std::optional<SchedulerPlan> scheduler;
  std::optional<int32_t> io_priority;  // as ioprio_set(2) takes it: class << 13 | level
  CpuSet initial_affinity;             // before the cgroup is joined
  CpuSet final_affinity;               // after it
  /// Whatever affinity the caller has: the container isn't a part of its job, but elsewhere.
  bool all_processors = false;
  std::optional<MemoryPolicyPlan> memory_policy;
  std::optional<uint64_t> personality;
  std::string apparmor_profile;  // empty: none
  std::string selinux_label;     // empty: none
  bool terminal = false;
  std::optional<spec::Box> console_size;
  bool new_keyring = true;
  int preserved_fds = 0;  // fds 3 to 2 + preserved_fds reach the payload
  friend bool operator==(const ProcessPlan&, const ProcessPlan&) = default;
};

}  // namespace ocirt::plan
