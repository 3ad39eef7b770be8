// The mount API by fds: one wrapper per call, and what its errors mean.
#include "sys/mount.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "sys/file.h"

namespace ocirt::sys {

namespace {

// A failed call of the mount API, with errno. Kernels that lack it are the likeliest to say ENOSYS.
Error failed(std::string text) {
  Error error = last_error(std::move(text));
  if (error.errno_value != ENOSYS) return error;
  error.kind = ErrorKind::Unsupported;
  return std::move(error).with_hint("Linux 5.12 or later is needed");
}

std::string quoted(const char* text) {
  return '"' + std::string(text) + '"';
}

// What the kernel wrote into the log of a file system context: lines such as "e tmpfs: Bad value
// for 'mode'", one for each read(2); 'w' and 'i' are warnings and information. The last error is
// the one that made the call fail.
std::string kernel_message(int fs_fd) {
  std::array<char, 512> line{};
  std::string message;
  for (;;) {
    const ssize_t size = ::read(fs_fd, line.data(), line.size());
    if (size <= 0) return message;
    if (size < 3 || line[0] != 'e') continue;
    message.assign(line.data() + 2, static_cast<size_t>(size) - 2);
    while (!message.empty() && message.back() == '\n') message.pop_back();
  }
}

Result<> fsconfig(int fs_fd, unsigned command, const char* key, const char* value) {
  if (::fsconfig(fs_fd, command, key, value, 0) == 0) return {};
  const int saved = errno;
  std::string what = "create the file system";
  if (key != nullptr) {
    what = std::string("option \"") + key + (value == nullptr ? "" : "=") +
           (value == nullptr ? "" : value) + '"';
  }
  const std::string message = kernel_message(fs_fd);
  if (message.empty()) return system_error(saved, std::move(what));
  return system_error(saved, what + " (the kernel says: " + message + ")");
}

}  // namespace

Result<UniqueFd> MountFd::attach(int target_fd) && {
  TRY(move_mount(fd_.get(), target_fd));
  return std::move(fd_);
}

Result<MountFd> open_tree(int dir_fd, const char* path, unsigned flags) {
  if (*path == '\0') flags |= AT_EMPTY_PATH;
  const int fd = ::open_tree(dir_fd, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
  if (fd < 0) return failed(*path == '\0' ? "open_tree" : "open_tree " + quoted(path));
  return MountFd(UniqueFd(fd));
}

Result<UniqueFd> fsopen(const char* type) {
  const int fd = ::fsopen(type, FSOPEN_CLOEXEC);
  if (fd >= 0) return UniqueFd(fd);
  if (errno == ENODEV) {
    return make_error(ErrorKind::Unsupported,
                      "the kernel has no file system of type " + quoted(type));
  }
  return failed("fsopen " + quoted(type));
}

Result<MountFd> mount_at_once(const char* type, const std::string& path,
                              const std::string& options) {
  if (::mount(type, path.c_str(), type, 0, options.c_str()) != 0) {
    return last_error("mount " + quoted(type) + " with " + options);
  }
  Result<MountFd> made = open_tree(AT_FDCWD, path.c_str(), 0);
  TRY(unmount_at(path));
  return made;
}

Result<MountFd> mount_overlay_at_once(std::span<const std::string> lower, const std::string& path,
                                      const std::string& options) {
  std::vector<UniqueFd> open;  // so the layers are named by fds, which are short
  std::string list;
  for (const std::string& layer : lower) {
    open.push_back(TRY(open_at(AT_FDCWD, layer.c_str(), O_PATH | O_DIRECTORY)));
    list += (list.empty() ? "" : ":") + ("/proc/self/fd/" + std::to_string(open.back().get()));
  }
  return mount_at_once("overlay", path, "lowerdir=" + list + "," + options);
}

Result<> unmount_at(const std::string& path) {
  if (::umount2(path.c_str(), MNT_DETACH) != 0)
    return last_error("unmount " + quoted(path.c_str()));
  return {};
}

Result<> fsconfig_set_flag(int fs_fd, const char* key) {
  return fsconfig(fs_fd, FSCONFIG_SET_FLAG, key, nullptr);
}

Result<> fsconfig_set_string(int fs_fd, const char* key, const char* value) {
  return fsconfig(fs_fd, FSCONFIG_SET_STRING, key, value);
}

Result<> fsconfig_create(int fs_fd) {
  return fsconfig(fs_fd, FSCONFIG_CMD_CREATE, nullptr, nullptr);
}

Result<MountFd> fsmount(int fs_fd, uint64_t attributes) {
  const int fd = ::fsmount(fs_fd, FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes));
  if (fd >= 0) return MountFd(UniqueFd(fd));
  const int saved = errno;
  const std::string message = kernel_message(fs_fd);
  if (message.empty()) return system_error(saved, "fsmount");
  return system_error(saved, "fsmount (the kernel says: " + message + ")");
}

Result<> mount_setattr(int dir_fd, const char* path, unsigned flags, mount_attr attributes) {
  if (*path == '\0') flags |= AT_EMPTY_PATH;
  if (::mount_setattr(dir_fd, path, flags, &attributes, sizeof attributes) == 0) return {};
  return failed("mount_setattr");
}

Result<> move_mount(int mount_fd, int target_fd) {
  constexpr unsigned kByFds = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (::move_mount(mount_fd, "", target_fd, "", kByFds) == 0) return {};
  return failed("move_mount");
}

Result<> detach_mount(int own_fds, int mount_fd) {
  if (::fchdir(own_fds) < 0) return failed("enter a directory of /proc");
  if (::umount2(std::to_string(mount_fd).c_str(), MNT_DETACH) == 0) return {};
  return failed("umount2");
}

Result<MountFd> mount_detached(const char* type, uint64_t attributes) {
  const UniqueFd context = TRY(fsopen(type));
  TRY(fsconfig_create(context.get()));
  return fsmount(context.get(), attributes);
}

}  // namespace ocirt::sys
