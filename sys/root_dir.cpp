// The only way to touch a path inside a container: openat2 from an fd of its root.
#include "sys/root_dir.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string_view>

#include "sys/root_dir_walk.h"

namespace ocirt::sys {

namespace {

// How often openat2 may answer EAGAIN, which it does for a ".." while anything on the machine is
// renamed or mounted, before we walk ourselves.
constexpr int kMostRaces = 32;

// Resolves below `root_fd` in the kernel. EAGAIN, ENOSYS or EPERM: try the walk.
int open_in_root(int root_fd, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (int race = 0; race < kMostRaces; ++race) {
    const long fd = ::syscall(SYS_openat2, root_fd, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
  return -1;
}

bool should_walk(int errno_value) {
  return errno_value == ENOSYS || errno_value == EPERM || errno_value == EAGAIN;
}

// "/a/b/" is "b" in "/a". Nothing for a path that ends in ".." or is the root.
struct Split {
  std::string parent;
  std::string name;
};
Split split(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") return {};
  path.remove_suffix(name.size());
  return {.parent = path.empty() ? "/" : std::string(path), .name = std::string(name)};
}

Error failed(int errno_value, const ContainerPath& path) {
  return system_error(errno_value, '"' + path.text + '"');
}

}  // namespace

Result<RootDir> RootDir::open(const HostPath& path) {
  const int fd = ::open(path.text.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return last_error('"' + path.text + '"');
  return RootDir(UniqueFd(fd));
}

Result<UniqueFd> RootDir::open(const ContainerPath& path, int flags) const {
  if (lookup_ == PathLookup::Kernel) {
    // An empty path is "no such file" for openat2, and the root for us, as "/" is.
    const char* text = path.text.empty() ? "/" : path.text.c_str();
    const int fd = open_in_root(fd_.get(), text, flags);
    if (fd >= 0) return UniqueFd(fd);
    if (!should_walk(errno)) return failed(errno, path);
  }
  Walked walked = TRY(walk(fd_.get(), path.text, {.follow_last = (flags & O_NOFOLLOW) == 0}));
  if ((flags & O_PATH) != 0 && (flags & O_DIRECTORY) == 0) return std::move(walked.fd);
  // The name was no link a moment ago; if it is one now, O_NOFOLLOW makes that an error.
  const bool is_root = !walked.parent;
  const int fd = ::openat(is_root ? walked.fd.get() : walked.parent.get(),
                          is_root ? "." : walked.name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return failed(errno, path);
  return UniqueFd(fd);
}

Result<UniqueFd> RootDir::make_directories(const ContainerPath& path, mode_t mode) const {
  if (lookup_ == PathLookup::Kernel) {
    // Nearly always either all is there or only the last is missing: a few calls less.
    constexpr int kDirectory = O_PATH | O_DIRECTORY;
    const int existing = open_in_root(fd_.get(), path.text.c_str(), kDirectory);
    if (existing >= 0) return UniqueFd(existing);
    const Split parts = split(path.text);
    if (errno == ENOENT && !parts.name.empty()) {
      const UniqueFd parent(open_in_root(fd_.get(), parts.parent.c_str(), kDirectory));
      if (parent && ::mkdirat(parent.get(), parts.name.c_str(), mode) == 0) {
        const int made =
            ::openat(parent.get(), parts.name.c_str(), kDirectory | O_NOFOLLOW | O_CLOEXEC);
        if (made >= 0) return UniqueFd(made);
      }
    }
  }
  Walked walked = TRY(
      walk(fd_.get(), path.text, {.missing = Missing::MakeDirectories, .directory_mode = mode}));
  return std::move(walked.fd);
}

Result<UniqueFd> RootDir::create_file(const ContainerPath& path, mode_t mode) const {
  Walked walked =
      TRY(walk(fd_.get(), path.text, {.missing = Missing::MakeFile, .file_mode = mode}));
  return std::move(walked.fd);
}

Result<RootDir::Parent> RootDir::make_parent(const ContainerPath& path, mode_t mode) const {
  if (lookup_ == PathLookup::Kernel) {
    Split parts = split(path.text);
    if (!parts.name.empty()) {
      UniqueFd parent(open_in_root(fd_.get(), parts.parent.c_str(), O_PATH | O_DIRECTORY));
      if (parent) return Parent{.directory = std::move(parent), .name = std::move(parts.name)};
    }
  }
  Walked walked =
      TRY(walk(fd_.get(), path.text, {.missing = Missing::MakeParent, .directory_mode = mode}));
  return Parent{.directory = std::move(walked.parent), .name = std::move(walked.name)};
}

Result<> RootDir::make_node(const ContainerPath& path, mode_t mode, dev_t device) const {
  const Parent parent = TRY(make_parent(path, 0755));
  if (::mknodat(parent.directory.get(), parent.name.c_str(), mode, device) == 0) return {};
  return failed(errno, path);
}

Result<> RootDir::make_symlink(const ContainerPath& path, const char* target) const {
  const Parent parent = TRY(make_parent(path, 0755));
  if (::symlinkat(target, parent.directory.get(), parent.name.c_str()) == 0) return {};
  return failed(errno, path);
}

Result<std::string> RootDir::read_link(const ContainerPath& path) const {
  const UniqueFd link = TRY(open(path, O_PATH | O_NOFOLLOW));
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
  if (size < 0) return failed(errno == ENOENT ? EINVAL : errno, path);  // ENOENT: not a link
  return std::string(target.data(), static_cast<size_t>(size));
}

Result<struct stat> RootDir::stat(const ContainerPath& path, int flags) const {
  const UniqueFd file = TRY(open(path, O_PATH | (flags & O_NOFOLLOW)));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(errno, path);
  return status;
}

}  // namespace ocirt::sys
