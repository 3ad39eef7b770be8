// Copies an image directory into a tmpfs, entry by entry and by fds. Runs in: init.
#include "runtime/stages/rootfs_copy_up.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace ocirt::stages {

namespace {

constexpr int kDeepest = 256;
constexpr size_t kLargestAttribute = 65536;  // XATTR_SIZE_MAX, XATTR_LIST_MAX

Error failed(const char* call, const char* name) {
  return last_error(std::string("copy \"") + name + "\" into the tmpfs: " + call);
}

// Extended attributes that the file system or our rights don't allow are left out, as cp -a does.
void copy_attributes(int from, int to) {
  if (::flistxattr(from, nullptr, 0) <= 0) return;  // most files have none
  std::vector<char> names(kLargestAttribute);
  const ssize_t size = ::flistxattr(from, names.data(), names.size());
  if (size <= 0) return;
  std::vector<char> value(kLargestAttribute);
  for (size_t at = 0; at < static_cast<size_t>(size); at += std::strlen(&names[at]) + 1) {
    const ssize_t length = ::fgetxattr(from, &names[at], value.data(), value.size());
    if (length >= 0) {
      (void)::fsetxattr(to, &names[at], value.data(), static_cast<size_t>(length), 0);
    }
  }
}

// Owner before mode: chown clears the set-id bits. Times last, as all else changes them.
Result<> copy_metadata(int from, int to, const struct stat& status, const char* name) {
  if (::fchown(to, status.st_uid, status.st_gid) != 0) return failed("chown", name);
  if (::fchmod(to, status.st_mode & 07777) != 0) return failed("chmod", name);
  copy_attributes(from, to);
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(to, times.data()) != 0) return failed("set times", name);
  return {};
}

Result<> copy_file(int from_directory, int to_directory, const char* name) {
  constexpr int kRead = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const UniqueFd from(::openat(from_directory, name, kRead));
  if (!from) return failed("open", name);
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) return failed("stat", name);
  if (!S_ISREG(status.st_mode)) return {};  // exchanged since we looked
  const UniqueFd to(::openat(to_directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!to) return failed("create", name);
  for (;;) {
    const ssize_t sent = ::sendfile(to.get(), from.get(), nullptr, size_t{1} << 30);
    if (sent < 0) return failed("write", name);
    if (sent == 0) return copy_metadata(from.get(), to.get(), status, name);
  }
}

Result<> copy_link(int from_directory, int to_directory, const char* name,
                   const struct stat& status) {
  std::array<char, PATH_MAX> target{};
  if (::readlinkat(from_directory, name, target.data(), target.size() - 1) < 0) {
    return failed("readlink", name);
  }
  if (::symlinkat(target.data(), to_directory, name) != 0) return failed("symlink", name);
  constexpr int kLink = AT_SYMLINK_NOFOLLOW;
  if (::fchownat(to_directory, name, status.st_uid, status.st_gid, kLink) != 0) {
    return failed("chown", name);
  }
  return {};
}

Result<> copy_special(int to_directory, const char* name, const struct stat& status) {
  if (S_ISSOCK(status.st_mode)) return {};  // nobody listens on a copy
  if (::mknodat(to_directory, name, status.st_mode, status.st_rdev) != 0) {
    return failed("mknod", name);
  }
  if (::fchownat(to_directory, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return failed("chown", name);
  }
  return {};
}

Result<> copy_directory(int from_fd, int to_fd, int depth);

Result<> copy_subdirectory(int from_directory, int to_directory, const char* name, int depth) {
  if (depth >= kDeepest) {
    errno = ELOOP;
    return failed("directories are nested too deep", name);
  }
  constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const UniqueFd from(::openat(from_directory, name, kDirectory));
  if (!from) return failed("open", name);
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) return failed("stat", name);
  if (::mkdirat(to_directory, name, 0700) != 0) return failed("mkdir", name);
  const UniqueFd to(::openat(to_directory, name, kDirectory));
  if (!to) return failed("open", name);
  TRY(copy_directory(from.get(), to.get(), depth + 1));
  return copy_metadata(from.get(), to.get(), status, name);
}

Result<> copy_entry(int from_fd, int to_fd, const char* name, int depth) {
  struct stat status {};
  if (::fstatat(from_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return failed("stat", name);
  switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
      return copy_subdirectory(from_fd, to_fd, name, depth);
    case S_IFREG:
      return copy_file(from_fd, to_fd, name);
    case S_IFLNK:
      return copy_link(from_fd, to_fd, name, status);
    default:
      return copy_special(to_fd, name, status);
  }
}

Result<> copy_directory(int from_fd, int to_fd, int depth) {
  std::vector<std::byte> entries(4096);  // not on the stack: this recurses
  for (;;) {
    const long size = ::syscall(SYS_getdents64, from_fd, entries.data(), entries.size());
    if (size < 0) return failed("read the directory", ".");
    if (size == 0) return {};
    for (size_t at = 0; at < static_cast<size_t>(size);) {
      const auto* entry = reinterpret_cast<const dirent64*>(&entries[at]);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") TRY(copy_entry(from_fd, to_fd, entry->d_name, depth));
    }
  }
}

}  // namespace

Result<> copy_up(int from_fd, int to_fd) {
  const UniqueFd from(::openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!from) return failed("open", ".");
  return copy_directory(from.get(), to_fd, 0);
}

}  // namespace ocirt::stages
