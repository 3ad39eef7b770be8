// What is remembered about a container: state.json in its directory. Runs in: every verb.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::store {

/// The container's groups in the resctrl file system.
struct RdtGroups {
  std::string group;    // path of its class of service; empty: intelRdt wasn't asked for
  bool own = false;     // it goes with the container
  std::string monitor;  // path of its monitoring group, which goes with it; empty: none
  friend bool operator==(const RdtGroups&, const RdtGroups&) = default;
};

/// All that verbs other than `create` need. Written when the container is reserved (pid 0) and
/// again when its init is known; what changes later (created, running, paused, stopped) is asked of
/// the kernel each time and never stored, so that it can't be wrong after a crash or a reboot.
struct State {
  std::string oci_version;
  std::string id;
  std::string bundle;
  std::string rootfs;
  std::string created;  // RFC 3339 with nanoseconds
  uint32_t owner = 0;   // uid
  std::map<std::string, std::string> annotations;
  pid_t pid = 0;  // of init, in our pid namespace; 0 while it is not known
  uint64_t pid_start_time = 0;
  uint64_t namespaces = 0;  // CLONE_NEW* that differ from the runtime's
  uint64_t joined = 0;      // those of them that were there before the container
  std::vector<plan::CgroupDirectory> cgroup;
  RdtGroups rdt;
  plan::UnitReference unit;  // of systemd, in which `cgroup` lies; without a name: none
  friend bool operator==(const State&, const State&) = default;
};

std::string print_state(const State& state);

/// Errors: System when the text is not what print_state() wrote.
Result<State> parse_state(std::string_view json);

/// The current time as RFC 3339 in UTC, with nanoseconds.
std::string timestamp_now();

}  // namespace ocirt::store
