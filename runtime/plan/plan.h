// The Plan: what will be done. A value: copyable, comparable, printable. No fd, no pointer, no pid.
//
// Work on the rootfs is a flat list of operations, because its order is the user's data. All else
// is a section with named fields, because its order is the kernel's rules and lives in stages/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/path.h"
#include "runtime/plan/process_plan.h"
#include "runtime/plan/rdt_plan.h"
#include "runtime/plan/unit.h"
#include "spec/config.h"

namespace ocirt::plan {

// --- namespaces and ids ------------------------------------------------------------------------

/// A namespace that exists already, to be joined.
struct JoinedNamespace {
  uint64_t clone_flag = 0;  // CLONE_NEWNET, ...
  HostPath path;            // "/proc/1234/ns/net", "/run/netns/blue"
  friend bool operator==(const JoinedNamespace&, const JoinedNamespace&) = default;
};

struct TimeOffset {
  std::string clock;  // "monotonic" or "boottime"
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  friend bool operator==(const TimeOffset&, const TimeOffset&) = default;
};

struct NamespacePlan {
  /// CLONE_NEW* of those that clone3 makes together with init.
  uint64_t cloned = 0;
  /// The cgroup namespace is made by init itself, once it sits in its cgroup: a namespace made by
  /// clone3 would be rooted at the creator's (cgroup_namespaces(7)).
  bool unshare_cgroup = false;
  /// In the order in which they must be joined. With rights over the whole host the user namespace
  /// comes last, since joining it gives them up; without, it comes first, since it gives them.
  std::vector<JoinedNamespace> joined;
  /// A middle process is needed: a pid or time namespace only takes effect for children
  /// (setns(2)), and a new user namespace takes away the right to join the others.
  bool needs_joiner = false;
  std::vector<TimeOffset> time_offsets;
  friend bool operator==(const NamespacePlan&, const NamespacePlan&) = default;
};

/// CLONE_NEW* of all namespaces that the container doesn't share with the runtime.
uint64_t all_namespaces(const NamespacePlan& plan);

/// Those of them that it joins.
uint64_t joined_namespaces(const NamespacePlan& plan);

enum class IdMapMethod {
  None,     // no new user namespace
  Direct,   // the creator writes the maps itself
  Helpers,  // newuidmap and newgidmap write them (subordinate ids)
};

struct IdMapPlan {
  IdMapMethod method = IdMapMethod::None;
  std::vector<spec::IdMapping> uids;
  std::vector<spec::IdMapping> gids;
  /// A user without privileges may write a gid map only after it gave up setgroups
  /// (user_namespaces(7)).
  bool deny_setgroups = false;
  friend bool operator==(const IdMapPlan&, const IdMapPlan&) = default;
};

// --- rootfs ------------------------------------------------------------------------------------

/// A change of mount attributes: MOUNT_ATTR_* to set and to clear (mount_setattr(2)).
struct AttributeChange {
  uint64_t set = 0;
  uint64_t clear = 0;
  friend bool operator==(const AttributeChange&, const AttributeChange&) = default;
};

struct FilesystemOption {
  std::string key;                   // "mode"
  std::optional<std::string> value;  // "755"; absent for a flag such as "newinstance"
  friend bool operator==(const FilesystemOption&, const FilesystemOption&) = default;
};

/// The files of a mount belong to other users than in its file system: a user namespace says to
/// whom (mount_setattr(2), MOUNT_ATTR_IDMAP).
struct MountIdMap {
  std::vector<spec::IdMapping> uids;  // container_id: in the file system; host_id: in the mount
  std::vector<spec::IdMapping> gids;
  /// An existing user namespace, which the container joins: its maps, instead of `uids` and `gids`.
  HostPath user_namespace;
  bool recursive = false;  // of all mounts below it as well
  friend bool operator==(const MountIdMap&, const MountIdMap&) = default;
};

/// A new mount of a file system.
struct MountFilesystem {
  ContainerPath destination;
  std::string type;    // "tmpfs"
  std::string source;  // as shown in /proc/mounts; may be empty
  std::vector<FilesystemOption> options;
  AttributeChange attributes;            // of the new mount
  AttributeChange recursive_attributes;  // "rro" and its like, which a new mount takes as well
  std::vector<uint64_t> propagation;     // MS_SHARED, MS_SLAVE | MS_REC, ... in order
  /// proc and sysfs are only mounted on a real directory, never through a link
  /// (CVE-2019-19921, CVE-2023-27561).
  bool needs_plain_directory = false;
  /// Copies what the image has at the destination into the new tmpfs first (podman's tmpcopyup).
  bool copy_up = false;
  /// No mode was asked for: the new root takes over the mode of the directory that it covers.
  bool keep_mode = false;
  std::optional<MountIdMap> id_map;
  friend bool operator==(const MountFilesystem&, const MountFilesystem&) = default;
};

enum class OpenedBy {
  Creator,  // before the clone, with the host's view and rights
  Init,     // after it: a user without privileges can clone mounts only in a namespace of its own
};

/// A bind of a host path.
struct BindMount {
  ContainerPath destination;
  HostPath source;  // absolute
  bool recursive = false;
  OpenedBy opened_by = OpenedBy::Creator;
  AttributeChange attributes;            // of the top mount
  AttributeChange recursive_attributes;  // of the whole tree
  std::vector<uint64_t> propagation;
  bool source_nofollow = false;
  bool destination_nofollow = false;
  /// A source that is a symbolic link becomes the same link in the container, not a mount (option
  /// "copy-symlink").
  bool copy_symlink = false;
  /// The source must be the root of a procfs: the only thing that may be bound on /proc
  /// (CVE-2019-16884).
  bool source_is_procfs = false;
  std::optional<MountIdMap> id_map;  // only where the creator opens the source
  friend bool operator==(const BindMount&, const BindMount&) = default;
};

/// Changes a mount that is already there (option "remount", or only propagation options).
struct ChangeMount {
  ContainerPath destination;
  AttributeChange attributes;
  AttributeChange recursive_attributes;
  std::vector<uint64_t> propagation;
  friend bool operator==(const ChangeMount&, const ChangeMount&) = default;
};

/// A device node, or a bind of the host's where mknod is impossible (in a user namespace).
struct MakeDevice {
  ContainerPath path;
  uint32_t type = 0;  // S_IFCHR, S_IFBLK or S_IFIFO
  uint32_t major = 0;
  uint32_t minor = 0;
  uint32_t mode = 0666;  // permission bits
  uint32_t uid = 0;
  uint32_t gid = 0;
  bool bind_from_host = false;
  OpenedBy opened_by = OpenedBy::Creator;  // of the host's node, when it is bound
  friend bool operator==(const MakeDevice&, const MakeDevice&) = default;
};

struct MakeSymlink {
  ContainerPath path;
  std::string target;
  /// Replaces what the image has there; otherwise an existing file is left alone.
  bool replace = false;
  friend bool operator==(const MakeSymlink&, const MakeSymlink&) = default;
};

using RootfsOperation =
    std::variant<MountFilesystem, BindMount, ChangeMount, MakeDevice, MakeSymlink>;

/// The root is an overlay of directories, which init mounts at RootfsPlan::root (annotation
/// io.ocirt.rootfs.overlay). All paths are absolute.
struct OverlayRoot {
  std::vector<HostPath> lower;  // the topmost first
  HostPath upper;               // empty, as `work`: read-only
  HostPath work;
  bool is_volatile = false;
  std::optional<MountIdMap> id_map;  // of the directories
  friend bool operator==(const OverlayRoot&, const OverlayRoot&) = default;
};

struct RootfsPlan {
  HostPath root;  // absolute
  std::optional<OverlayRoot> overlay;
  bool readonly = false;
  /// What all of the new mount namespace becomes before anything is mounted:
  /// MS_REC | MS_SLAVE, or as rootfsPropagation asks.
  uint64_t inherited_propagation = 0;
  /// What the container's root mount becomes at the end; 0 leaves it as it is: cut off from the
  /// host's mount events.
  uint64_t root_propagation = 0;
  OpenedBy opened_by = OpenedBy::Creator;
  std::vector<RootfsOperation> operations;
  /// `--no-pivot`: MS_MOVE and chroot, for a host whose root is a ramdisk.
  bool no_pivot = false;
  std::vector<ContainerPath> masked_paths;
  std::vector<ContainerPath> readonly_paths;
  friend bool operator==(const RootfsPlan&, const RootfsPlan&) = default;
};

// --- cgroup ------------------------------------------------------------------------------------

/// A cgroup directory of the container, one for each hierarchy.
struct CgroupDirectory {
  std::vector<std::string> controllers;  // of this hierarchy
  bool v2 = false;
  HostPath mount_point;  // "/sys/fs/cgroup/memory"
  std::string path;      // below it: "/ocirt/web"
  friend bool operator==(const CgroupDirectory&, const CgroupDirectory&) = default;
};

struct CgroupWrite {
  size_t directory = 0;  // index into CgroupPlan::directories
  std::string file;      // "memory.max"
  std::string value;
  /// Written where `file` doesn't exist: the same limit in another kernel's words. Empty: none.
  std::string other_file;
  std::string other_value;
  /// A kernel without the file does by itself what was asked: its absence is no error.
  bool optional = false;
  friend bool operator==(const CgroupWrite&, const CgroupWrite&) = default;
};

/// One rule of the device filter, in the order in which they were asked; a later rule wins.
struct DeviceAccess {
  bool allow = false;
  char type = 'a';  // 'a' all, 'c' character, 'b' block
  std::optional<uint32_t> major;
  std::optional<uint32_t> minor;
  std::string access = "rwm";
  friend bool operator==(const DeviceAccess&, const DeviceAccess&) = default;
};

struct CgroupPlan {
  std::vector<CgroupDirectory> directories;  // empty: the container stays in the caller's cgroup
  /// v2 controllers that every ancestor has to hand down ("memory", "pids").
  std::vector<std::string> enabled_controllers;
  /// v2 controllers that are handed down where nothing forbids it: no limit needs them, but who
  /// shows the container's usage does.
  std::vector<std::string> accounted_controllers;
  std::vector<CgroupWrite> writes;  // in order, before a process is in the cgroup
  /// Absent: no filter is installed (no right to, in a user namespace). On v1 `writes` install it.
  std::optional<std::vector<DeviceAccess>> device_filter;
  /// The v2 cgroup belongs to this user of the host: the container may manage it
  /// (config-linux.md#cgroup-ownership).
  std::optional<uint32_t> owner;
  /// init is born in its cgroup (CLONE_INTO_CGROUP); otherwise the creator writes its pid.
  bool clone_into = false;
  /// Below the v2 directory, for the payload to manage ("/init", run.oci.delegate-cgroup): init
  /// goes there once it has its cgroup namespace, and the limits stay above it. Empty: there is
  /// none.
  std::string delegated;
  /// The unit of systemd that the directories lie in. Its manager makes it, with init in it.
  std::optional<UnitPlan> unit;
  friend bool operator==(const CgroupPlan&, const CgroupPlan&) = default;
};

// --- the rest ----------------------------------------------------------------------------------

struct Sysctl {
  std::string path;  // below /proc/sys: "net/ipv4/ip_forward"
  std::string value;
  friend bool operator==(const Sysctl&, const Sysctl&) = default;
};

/// A network device of the runtime's namespace that moves into the container's.
struct NetDevice {
  std::string name;
  std::string new_name;  // may end in "%d": then a free number takes its place
  friend bool operator==(const NetDevice&, const NetDevice&) = default;
};

/// Files of the host to which the output of hooks is appended; empty: it is kept, and shown when a
/// hook fails. startContainer hooks, which live in the container, don't write to the host.
struct HookFiles {
  HostPath stdout_file;
  HostPath stderr_file;
  friend bool operator==(const HookFiles&, const HookFiles&) = default;
};

struct SeccompPlan {
  spec::Seccomp profile;
  /// Must be loaded while init still has CAP_SYS_ADMIN, since no_new_privs isn't asked for.
  bool load_before_identity = false;
  std::string listener_path;  // unix socket that gets the notify fd; empty: none
  std::string listener_metadata;
  friend bool operator==(const SeccompPlan&, const SeccompPlan&) = default;
};

/// What `create` and `run` are asked for on their command line.
struct CreateOptions {
  std::string id;
  HostPath bundle;  // absolute
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool detached = true;  // nobody of ours stays to forward a terminal
  bool has_console_socket = false;
  int preserved_fds = 0;
  int listen_fds = 0;             // how many of them are sockets that LISTEN_FDS tells of
  bool cgroups_disabled = false;  // --cgroup-manager disabled
  bool systemd_cgroup = false;    // --systemd-cgroup
  /// The directory for the payload's socket of sd_notify(3); empty: nobody waits for its word.
  HostPath notify_directory;
  friend bool operator==(const CreateOptions&, const CreateOptions&) = default;
};

inline bool uses_systemd(const CreateOptions& options) {
  return options.systemd_cgroup && !options.cgroups_disabled;
}

struct CreatePlan {
  std::string oci_version;
  std::string id;
  HostPath bundle;
  NamespacePlan namespaces;
  IdMapPlan id_maps;
  CgroupPlan cgroup;
  std::optional<RdtPlan> rdt;
  bool bring_up_loopback = false;
  std::vector<NetDevice> net_devices;
  std::string hostname;    // empty: leave
  std::string domainname;  // empty: leave
  RootfsPlan rootfs;
  std::vector<Sysctl> sysctls;
  ProcessPlan process;
  std::optional<SeccompPlan> seccomp;
  spec::Hooks hooks;
  HookFiles hook_files;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> warnings;  // what was asked and can't be granted here; for the log
  friend bool operator==(const CreatePlan&, const CreatePlan&) = default;
};

/// What `exec` is asked for besides the process itself.
struct ExecOptions {
  bool detached = false;
  bool has_console_socket = false;
  bool no_new_keyring = false;  // the container was made with --no-new-keyring
  int preserved_fds = 0;
  std::string cgroup;  // --cgroup: a path below the container's; empty: the container's own
  friend bool operator==(const ExecOptions&, const ExecOptions&) = default;
};

struct ExecPlan {
  uint64_t namespaces = 0;  // CLONE_NEW* to join of the container's init, all at once
  std::vector<CgroupDirectory> cgroup;
  bool clone_into = false;
  ProcessPlan process;
  std::optional<SeccompPlan> seccomp;
  std::vector<std::string> warnings;  // as in CreatePlan
  friend bool operator==(const ExecPlan&, const ExecPlan&) = default;
};

}  // namespace ocirt::plan
