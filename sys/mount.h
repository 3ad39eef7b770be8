// The mount API of Linux 5.12 and later, by fds: one wrapper per call. Knows no OCI word.
#pragma once

#include <sys/mount.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// Owns a detached mount tree: closing it unmounts what was never attached. That costs an RCU grace
/// period in the kernel (about 50 us for a file system of its own), so don't make one to drop it.
class [[nodiscard]] MountFd {
 public:
  MountFd() = default;
  explicit MountFd(UniqueFd fd) : fd_(std::move(fd)) {}

  /// Usable as a directory fd, before it is attached as well as after.
  [[nodiscard]] int get() const { return fd_.get(); }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(fd_); }

  /// Mounts the tree on what `target_fd` stands for. Returns the mount's own fd, for later changes
  /// of its attributes: no path has to be walked again.
  Result<UniqueFd> attach(int target_fd) &&;

  /// Gives the fd away. If nobody attaches it, the tree goes when the last copy of it is closed.
  UniqueFd release() && { return std::move(fd_); }

 private:
  UniqueFd fd_;
};

/// open_tree(2) with OPEN_TREE_CLONE: a detached copy of a mount (of a tree of mounts with
/// AT_RECURSIVE in `flags`). An empty `path` means `dir_fd` itself.
Result<MountFd> open_tree(int dir_fd, const char* path, unsigned flags);

/// fsopen(2), always close-on-exec.
Result<UniqueFd> fsopen(const char* type);

/// fsconfig(2). The text of an error holds what the kernel says about it.
Result<> fsconfig_set_flag(int fs_fd, const char* key);
Result<> fsconfig_set_string(int fs_fd, const char* key, const char* value);
Result<> fsconfig_create(int fs_fd);

/// fsmount(2): `attributes` are MOUNT_ATTR_*.
Result<MountFd> fsmount(int fs_fd, uint64_t attributes);

/// mount_setattr(2) on the mount whose root is at `path`; an empty `path` means `dir_fd` itself.
/// `flags`: AT_RECURSIVE or 0. `propagation` is one of MS_SHARED, MS_SLAVE, MS_PRIVATE and
/// MS_UNBINDABLE.
Result<> mount_setattr(int dir_fd, const char* path, unsigned flags, mount_attr attributes);

/// move_mount(2), from fd to fd.
Result<> move_mount(int mount_fd, int target_fd);

/// Unmounts the mount that `mount_fd` is the root of; what is in use goes when it is no longer.
///
/// `own_fds` is a fd of our /proc/self/fd, opened while that could be trusted: umount2(2) takes a
/// path, and there every fd has one that nobody can exchange. It becomes the working directory.
Result<> detach_mount(int own_fds, int mount_fd);

/// mount(2) of a new file system, as a detached mount: for options that fsconfig(2) doesn't take.
/// Is mounted at `path` meanwhile, so call it in a mount namespace of one's own.
Result<MountFd> mount_at_once(const char* type, const std::string& path,
                              const std::string& options);

/// Overlayfs by mount(2) alone, as mount_at_once(). Before Linux 6.8 fsconfig(2) takes no layers
/// one by one, and no list of more than 255 bytes; a list here may be a page long.
///
/// `options` are more of them, such as "userxattr".
Result<MountFd> mount_overlay_at_once(std::span<const std::string> lower, const std::string& path,
                                      const std::string& options);

/// umount2(2) with MNT_DETACH of the topmost mount at `path`, in a mount namespace of one's own.
Result<> unmount_at(const std::string& path);

/// A new file system of `type` without options, mounted nowhere.
Result<MountFd> mount_detached(const char* type, uint64_t attributes);

}  // namespace ocirt::sys
