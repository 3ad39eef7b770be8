// Files by directory fd and name: the calls that everybody needs. Knows no OCI word.
#include "sys/file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace ocirt::sys {

Result<UniqueFd> open_at(int directory, const char* path, int flags, mode_t mode) {
  const int fd = ::openat(directory, path, flags | O_CLOEXEC, mode);
  if (fd < 0) return system_error(errno, fmt::format("open \"{}\"", path));
  return UniqueFd(fd);
}

namespace {

Result<std::string> read_to_end(int fd, size_t limit, bool short_read_is_end) {
  std::string data;
  constexpr size_t kFirstRead = 4096;
  size_t used = 0;
  while (true) {
    if (used == data.size()) data.resize(data.empty() ? kFirstRead : data.size() * 2);
    const ssize_t got = ::read(fd, data.data() + used, data.size() - used);
    if (got < 0) {
      if (errno == EINTR) continue;
      return last_error("read");
    }
    if (got == 0) break;
    used += static_cast<size_t>(got);
    if (short_read_is_end && used < data.size()) break;
    if (used > limit) {
      return make_error(ErrorKind::System, fmt::format("longer than {} bytes", limit));
    }
  }
  data.resize(used);
  return data;
}

Result<std::string> read_path(int directory, const char* path, size_t limit,
                              bool short_read_is_end) {
  const UniqueFd fd = TRY(open_at(directory, path, O_RDONLY));
  Result<std::string> data = read_to_end(fd.get(), limit, short_read_is_end);
  if (!data) data.error().text = fmt::format("read \"{}\": {}", path, data.error().text);
  return data;
}

}  // namespace

Result<std::string> read_all(int fd, size_t limit) {
  return read_to_end(fd, limit, false);
}

Result<std::string> read_file(int directory, const char* path, size_t limit) {
  return read_path(directory, path, limit, false);
}

Result<std::string> read_short_file(int directory, const char* path, size_t limit) {
  return read_path(directory, path, limit, true);
}

Result<std::string> read_link(int directory, const char* path) {
  char target[4096];
  const ssize_t length = ::readlinkat(directory, path, target, sizeof target - 1);
  if (length < 0) return system_error(errno, fmt::format("read the link \"{}\"", path));
  return std::string(target, static_cast<size_t>(length));
}

bool can_execute(const char* path) {
  return ::access(path, X_OK) == 0;
}

bool has_file_capability(const std::string& path) {
  return ::getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
}

bool exists(const char* path) {
  return ::access(path, F_OK) == 0;
}

std::optional<uid_t> owner_of(const char* path) {
  struct stat about {};
  if (::stat(path, &about) < 0) return std::nullopt;
  return about.st_uid;
}

std::string resolved_path(const char* path) {
  std::array<char, PATH_MAX> real;
  return ::realpath(path, real.data()) == nullptr ? "" : std::string(real.data());
}

Result<uint64_t> file_system_type(const char* path) {
  struct statfs stat = {};
  if (::statfs(path, &stat) != 0) return system_error(errno, fmt::format("statfs \"{}\"", path));
  return static_cast<uint64_t>(stat.f_type);
}

Result<> write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t put = ::write(fd, data.data(), data.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      return last_error("write");
    }
    data.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

Result<> write_existing(int directory, const char* path, std::string_view data) {
  const UniqueFd fd = TRY(open_at(directory, path, O_WRONLY));
  ssize_t put = 0;
  do {
    put = ::write(fd.get(), data.data(), data.size());
  } while (put < 0 && errno == EINTR);
  if (put < 0) return system_error(errno, fmt::format("write \"{}\" to \"{}\"", data, path));
  return {};
}

namespace {

// A plain rename over an existing file makes ext4 write the new one to the disk at once, and where
// it discards freed blocks, removing it later waits for the disk again. To exchange the two and
// remove the old one is as atomic, and stays in memory.
Result<> put_in_place(int directory, const char* temporary, const char* name) {
  if (::renameat2(directory, temporary, directory, name, RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST && ::renameat2(directory, temporary, directory, name, RENAME_EXCHANGE) == 0) {
    if (::unlinkat(directory, temporary, 0) == 0) return {};
    return system_error(errno, fmt::format("remove the old \"{}\"", name));
  }
  // File systems that know neither flag (NFS) answer EINVAL.
  if (::renameat(directory, temporary, directory, name) == 0) return {};
  return system_error(errno, fmt::format("rename \"{}\" to \"{}\"", temporary, name));
}

}  // namespace

Result<UniqueFd> create_file(int directory, const char* name, int flags, mode_t mode) {
  flags |= O_CREAT | O_EXCL | O_NOFOLLOW;
  Result<UniqueFd> fd = open_at(directory, name, flags, mode);
  if (fd || fd.error().errno_value != EEXIST) return fd;
  if (::unlinkat(directory, name, 0) != 0 && errno != ENOENT) {
    return last_error(fmt::format("remove the old \"{}\"", name));
  }
  return open_at(directory, name, flags, mode);
}

Result<> replace_file(int directory, const char* name, std::string_view data, mode_t mode) {
  const std::string temporary = fmt::format(".{}.new", name);
  const UniqueFd fd = TRY(create_file(directory, temporary.c_str(), O_WRONLY, mode));
  if (Result<> written = write_all(fd.get(), data); !written) {
    (void)::unlinkat(directory, temporary.c_str(), 0);  // the write's error matters more
    written.error().text = fmt::format("write \"{}\"", name);
    return written;
  }
  return put_in_place(directory, temporary.c_str(), name);
}

Result<UniqueFd> memory_file(const char* name, std::string_view data) {
  UniqueFd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) return last_error(fmt::format("make the memory file \"{}\"", name));
  TRY(write_all(fd.get(), data));
  if (::lseek(fd.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  return fd;
}

}  // namespace ocirt::sys
