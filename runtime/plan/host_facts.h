// What a decision depends on besides the config. Gathered once; a test writes it down by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/path.h"
#include "spec/config.h"

namespace ocirt::plan {

enum class CgroupLayout {
  None,    // no cgroup file system is mounted
  V1,      // only v1 hierarchies
  Hybrid,  // v1 hierarchies, and a v2 tree without the controllers that they hold
  V2,      // one unified tree
};

/// One mounted cgroup hierarchy. For v2, `controllers` is what our own cgroup may hand on.
struct CgroupHierarchy {
  std::vector<std::string> controllers;  // "memory"; for a named v1 hierarchy "name=systemd"
  HostPath mount_point;                  // "/sys/fs/cgroup/memory"
  std::string own_path;                  // where this process sits below it: "/user.slice"
  friend bool operator==(const CgroupHierarchy&, const CgroupHierarchy&) = default;
};

/// A cgroup of the v2 tree on the way from its mount point to our own.
struct CgroupLevel {
  std::string path;                      // below the mount point: "/", "/user.slice", ...
  std::vector<std::string> controllers;  // that it may hand on
  bool writable = false;                 // may this process make children here?
  friend bool operator==(const CgroupLevel&, const CgroupLevel&) = default;
};

struct CgroupFacts {
  CgroupLayout layout = CgroupLayout::None;
  std::vector<CgroupHierarchy> v1;     // empty for V2
  std::optional<CgroupHierarchy> v2;   // absent for V1
  bool own_v2_writable = false;        // may this process make a child of its own v2 cgroup?
  std::vector<CgroupLevel> v2_levels;  // from the mount point down to our own, both included
  friend bool operator==(const CgroupFacts&, const CgroupFacts&) = default;
};

/// A bus that may be the one of the caller's session.
struct SessionBus {
  std::string origin;   // "DBUS_SESSION_BUS_ADDRESS"
  std::string address;  // "unix:path=/run/user/1000/bus"
  bool exists = false;
  bool is_own = false;  // its socket belongs to us
  friend bool operator==(const SessionBus&, const SessionBus&) = default;
};

/// What there is of systemd. Only gathered where its cgroups are asked for.
struct SystemdFacts {
  bool is_running = false;  // sd_booted(3)
  std::string system_bus;   // address
  bool system_bus_exists = false;
  std::vector<SessionBus> session_buses;  // the best first
  std::string runtime_directory;          // XDG_RUNTIME_DIR; empty: unset
  bool runtime_directory_is_own = false;
  /// The cgroup of the manager that would make our units, below the mount points; "" for the root.
  std::string manager_path;
  std::vector<CgroupLevel> manager_levels;  // of v2: from the mount point down to the manager's own
  friend bool operator==(const SystemdFacts&, const SystemdFacts&) = default;
};

/// A range of ids that /etc/subuid or /etc/subgid grants to the user.
struct SubordinateRange {
  uint32_t start = 0;
  uint32_t size = 0;
  friend bool operator==(const SubordinateRange&, const SubordinateRange&) = default;
};

/// Who we are and what this host lets us do.
struct HostFacts {
  uint32_t euid = 0;
  uint32_t egid = 0;
  std::vector<uint32_t> groups;         // supplementary groups of this process
  bool in_user_namespace = false;       // in another one than the host's first
  uint64_t effective_capabilities = 0;  // bit n is capability n, in our user namespace
  uint64_t bounding_capabilities = 0;
  int last_capability = 0;                   // CAP_LAST_CAP of the running kernel
  std::vector<spec::IdMapping> own_uid_map;  // our user namespace's, as /proc/self/uid_map shows it
  std::vector<spec::IdMapping> own_gid_map;
  std::vector<SubordinateRange> subordinate_uids;
  std::vector<SubordinateRange> subordinate_gids;
  bool has_newuidmap = false;  // newuidmap and newgidmap can be executed
  bool setgroups_allowed = true;
  /// Our CAP_SYS_ADMIN counts in our mount namespace: mounts can be cloned here (open_tree(2)).
  bool owns_mount_namespace = false;
  CgroupFacts cgroup;
  SystemdFacts systemd;
  bool apparmor = false;
  bool selinux = false;
  bool resctrl = false;  // mounted where the kernel has a place for it, /sys/fs/resctrl
  friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

/// May this process mount, make devices and write cgroups of the whole host?
inline bool is_privileged(const HostFacts& host) {
  constexpr unsigned kCapSysAdmin = 21;
  return !host.in_user_namespace && host.euid == 0 &&
         (host.effective_capabilities >> kCapSysAdmin & 1) != 0;
}

}  // namespace ocirt::plan
