// What the operations on the rootfs share. Runs in: init, before pivot.
#pragma once

#include <string>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/rootfs.h"
#include "sys/mount.h"
#include "sys/root_dir.h"

namespace ocirt::stages {

/// The mode of directories that are missing on the way to a destination.
constexpr mode_t kDirectoryMode = 0755;

/// The rootfs while it is built.
class RootfsBuilder {
 public:
  /// A name in an open directory, for mknodat and the like. Valid until the next mount.
  struct Place {
    int directory;
    const char* name;
  };

  RootfsBuilder(const plan::RootfsPlan& plan, RootfsHandles& held);

  /// From here on nothing is mounted in a procfs whose path in the plan doesn't say so: processes
  /// that live in the rootfs exchange names while we look.
  void distrust_links() { distrusts_links_ = true; }

  /// `id_map` is the fd of a user namespace, and -1 where ids are not mapped.
  Result<> mount_filesystem(const plan::MountFilesystem& mount, int id_map);
  Result<> bind(const plan::BindMount& bind, sys::MountFd source);
  Result<> change_mount(const plan::ChangeMount& change);
  Result<> make_device(const plan::MakeDevice& device, sys::MountFd source);
  Result<> make_symlink(const plan::MakeSymlink& link);

 private:
  Result<UniqueFd> directory_to_cover(const plan::MountFilesystem& mount, bool& is_new);
  Result<UniqueFd> destination_of(const plan::BindMount& bind, int source);
  Result<UniqueFd> attach(sys::MountFd mount, int target, const ContainerPath& destination);
  Result<> propagate_as_inherited(int mount, const plan::BindMount& bind);
  Result<> bind_device(const plan::MakeDevice& device, sys::MountFd source);
  Result<Place> place_of(const ContainerPath& path);

  const plan::RootfsPlan& plan_;
  RootfsHandles& held_;
  sys::RootDir root_;
  // The directory that the last device or link went to. Most go to "/dev", so it is looked up once;
  // a mount may cover it, and ends that.
  std::string last_directory_path_;
  sys::RootDir::Parent last_parent_;
  bool distrusts_links_ = false;
};

/// Opens what the creator opens for the plan's operations: the sources, but not the rootfs.
Result<> acquire_sources(const plan::RootfsPlan& plan, RootfsHandles& held);

/// Runs plan.operations[index]. Consumes `held.sources[index]`.
Result<> run_operation(const plan::RootfsPlan& plan, size_t index, RootfsHandles& held,
                       RootfsBuilder& builder);

/// Makes the rootfs a mount on its own path, apart from the host's mounts.
///
/// Runs in: a process in a mount namespace of its own.
Result<> attach_rootfs(const plan::RootfsPlan& plan, RootfsHandles& held);

/// A path of the host as a detached mount, for `bind` or `device`.
Result<sys::MountFd> open_source(const plan::BindMount& bind);
Result<sys::MountFd> open_source(const plan::MakeDevice& device);

/// The operation in words, for errors: mount "proc" on "/proc".
std::string describe(const plan::RootfsOperation& operation);

/// The same error, with the object in front of its text.
Error about(const std::string& object, Error error);

/// Opens the host's /dev/null as a detached mount, and makes sure that it is that device.
Result<sys::MountFd> open_null_device();

/// Changes a mount that `fd` is the root of, one call for each element of `propagation`.
Result<> set_propagation(int fd, const std::vector<uint64_t>& propagation);

}  // namespace ocirt::stages
