// The parts of the rootfs section: mounts, cgroup mounts, devices. Only decide_rootfs.cpp and they
// themselves call them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/mount_options.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/sections.h"
#include "spec/config.h"

namespace ocirt::plan {

/// What is built up while the mounts are decided, one after the other.
struct RootfsDraft {
  const RootfsContext& context;
  OpenedBy opened_by = OpenedBy::Creator;
  uint64_t inherited_propagation = 0;
  /// rootfsPropagation is shared: binds stay peers of the host's mounts.
  bool stays_shared = false;
  std::vector<RootfsOperation> operations;
  /// To be done when everything is in its place: what becomes read-only can't be filled any more.
  std::vector<RootfsOperation> last_operations;
  std::vector<std::string> warnings;
};

/// Whether a file system that shows the namespace `clone_flag` can be mounted anew: only with
/// rights over that namespace, which has to belong to the container's user namespace.
bool has_rights_over(const RootfsContext& context, uint64_t clone_flag);

/// Does the container live in another user namespace than the host's first?
bool is_in_user_namespace(const RootfsContext& context);

/// Adds the operations for mounts[index].
Result<> add_mount(RootfsDraft& draft, size_t index);

/// Adds those for a mount of type "cgroup" or "cgroup2" on `destination`.
void add_cgroup_mount(RootfsDraft& draft, const ContainerPath& destination, bool is_cgroup2,
                      const MountOptions& options);

/// Adds linux.devices, the default devices and the links of /dev.
void add_devices(RootfsDraft& draft);

/// Whose files a mount shows: its uidMappings and gidMappings, and the options "idmap" and
/// "ridmap". No value where nothing is asked.
Result<std::optional<MountIdMap>> decide_mount_ids(const RootfsDraft& draft, size_t index,
                                                   const MountOptions& options);

/// Adds the payload's socket of sd_notify(3), if the caller waits for its word.
void add_notify_directory(RootfsDraft& draft);

/// What a bind's mounts become: as asked, after they were cut off from the host's.
std::vector<uint64_t> propagation_of_bind(const RootfsDraft& draft,
                                          const std::vector<uint64_t>& asked);

/// Of a new file system: all attributes at once, there is nothing below it yet and nothing to
/// clear.
AttributeChange attributes_of_new_mount(const MountOptions& options);

}  // namespace ocirt::plan
