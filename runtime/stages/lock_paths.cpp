// Hides and write-protects paths of the container. Runs in: init, after pivot.
#include "runtime/stages/lock_paths.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "runtime/stages/rootfs_builder.h"
#include "sys/root_dir.h"

namespace ocirt::stages {

namespace {

// Something that is mounted several times: first the mount itself, then clones of it. None is made
// in vain, since closing a mount that was never attached waits for an RCU grace period.
class Cover {
 public:
  Cover() = default;
  explicit Cover(sys::MountFd mount) : mount_(std::move(mount)) {}

  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(mount_); }

  Result<> put_on(int target) {
    if (used_) mount_ = TRY(sys::open_tree(mount_.get(), "", 0));
    used_ = true;
    return sys::move_mount(mount_.get(), target);
  }

 private:
  sys::MountFd mount_;
  bool used_ = false;
};

// One empty file system for all masked directories.
Result<sys::MountFd> empty_directory() {
  const UniqueFd context = TRY(sys::fsopen("tmpfs"));
  TRY(sys::fsconfig_set_string(context.get(), "source", "tmpfs"));
  TRY(sys::fsconfig_set_string(context.get(), "mode", "755"));
  TRY(sys::fsconfig_set_string(context.get(), "nr_inodes", "1"));
  TRY(sys::fsconfig_set_flag(context.get(), "ro"));
  TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(),
                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

// No fd where the container hasn't got the path.
Result<UniqueFd> open_if_there(const sys::RootDir& root, const ContainerPath& path) {
  Result<UniqueFd> target = root.open(path, O_PATH);
  if (target) return target;
  const int reason = target.error().errno_value;
  if (reason == ENOENT || reason == ENOTDIR) return UniqueFd();
  return target;
}

Result<> make_readonly(const sys::RootDir& root, const ContainerPath& path) {
  const UniqueFd target = TRY(open_if_there(root, path));
  if (!target) return {};
  // A copy of what is there, with all that is mounted in it, on top of itself.
  const sys::MountFd copy = TRY(sys::open_tree(target.get(), "", AT_RECURSIVE));
  TRY(sys::mount_setattr(copy.get(), "", AT_RECURSIVE, {.attr_set = MOUNT_ATTR_RDONLY}));
  return sys::move_mount(copy.get(), target.get());
}

class Masks {
 public:
  explicit Masks(sys::MountFd null_device) : file_(std::move(null_device)) {}

  Result<> put_on(const sys::RootDir& root, const ContainerPath& path) {
    const UniqueFd target = TRY(open_if_there(root, path));
    if (!target) return {};
    struct stat status {};
    if (::fstat(target.get(), &status) != 0) return last_error("stat");
    if (!S_ISDIR(status.st_mode)) return file_.put_on(target.get());
    if (!directory_) directory_ = Cover(TRY(empty_directory()));
    return directory_.put_on(target.get());
  }

 private:
  Cover file_;
  Cover directory_;  // made for the first masked directory
};

Result<> lock_root(const plan::RootfsPlan& plan, const sys::RootDir& root) {
  if (plan.readonly) {
    Result<> done = sys::mount_setattr(root.fd(), "", 0, {.attr_set = MOUNT_ATTR_RDONLY});
    if (!done) return about("make the rootfs read-only", std::move(done).error());
  }
  if (plan.root_propagation == 0) return {};
  Result<> done = set_propagation(root.fd(), {plan.root_propagation});
  if (!done) return about("set the rootfs's propagation", std::move(done).error());
  return done;
}

}  // namespace

Result<> lock_paths(const plan::RootfsPlan& plan, RootfsHandles& held) {
  const bool nothing = plan.readonly_paths.empty() && plan.masked_paths.empty() && !plan.readonly &&
                       plan.root_propagation == 0;
  if (nothing) return {};
  const sys::RootDir root = TRY(sys::RootDir::open(HostPath{"/"}));
  for (const ContainerPath& path : plan.readonly_paths) {
    Result<> done = make_readonly(root, path);
    if (!done) return about("make \"" + path.text + "\" read-only", std::move(done).error());
  }
  Masks masks(std::move(held.null_device));
  for (const ContainerPath& path : plan.masked_paths) {
    Result<> done = masks.put_on(root, path);
    if (!done) return about("mask \"" + path.text + '"', std::move(done).error());
  }
  // Last, since an unbindable root could not be copied for the readonly paths.
  return lock_root(plan, root);
}

}  // namespace ocirt::stages
