// The only way to touch a path inside a container: from an fd of its root. Knows no OCI word.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <utility>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// How a path is resolved below the root.
enum class PathLookup {
  Kernel,  // openat2(2) with RESOLVE_IN_ROOT; falls back to Walk where it is missing or forbidden
  Walk,    // component by component, with links resolved by us
};

/// Owns an O_PATH fd of a directory, and resolves paths as if it were "/": absolute links and ".."
/// end there. What is below may belong to an attacker who exchanges names while we look.
///
/// Magic links of procfs ("/proc/self/root") are never followed. An error's text names the path.
class [[nodiscard]] RootDir {
 public:
  /// A directory, and a name in it that isn't "." or "..".
  struct Parent {
    UniqueFd directory;
    std::string name;
  };

  explicit RootDir(UniqueFd directory, PathLookup lookup = PathLookup::Kernel)
      : fd_(std::move(directory)), lookup_(lookup) {}

  static Result<RootDir> open(const HostPath& path);

  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Opens what exists at `path`: `flags` are O_PATH, O_RDONLY, O_DIRECTORY, ...; O_NOFOLLOW is for
  /// the last component only. O_CLOEXEC is added.
  ///
  /// Errors: NotFound; System with ELOOP for more than 40 links, ENOTDIR for a file on the way.
  [[nodiscard]] Result<UniqueFd> open(const ContainerPath& path, int flags) const;

  /// Makes the directories that are missing on the way, as `mkdir -p`; existing ones stay as they
  /// are. A dangling link is a directory that is missing. Returns the last, O_PATH.
  ///
  /// Security: CVE-2024-45310; every directory is made by the fd of its parent.
  [[nodiscard]] Result<UniqueFd> make_directories(const ContainerPath& path, mode_t mode) const;

  /// Opens the file at `path`, or makes an empty one, and directories on its way, as a place to
  /// mount on. Never truncates and never opens what was there for anything but O_PATH.
  [[nodiscard]] Result<UniqueFd> create_file(const ContainerPath& path, mode_t mode) const;

  /// The directory that `path` is in, with everything up to it resolved, and the last name. Makes
  /// the directory where it is missing. For mknodat, symlinkat and the like, which follow no link.
  [[nodiscard]] Result<Parent> make_parent(const ContainerPath& path, mode_t mode) const;

  [[nodiscard]] Result<> make_node(const ContainerPath& path, mode_t mode, dev_t device) const;
  [[nodiscard]] Result<> make_symlink(const ContainerPath& path, const char* target) const;
  [[nodiscard]] Result<std::string> read_link(const ContainerPath& path) const;

  /// stat(2), or lstat(2) with O_NOFOLLOW in `flags`.
  [[nodiscard]] Result<struct stat> stat(const ContainerPath& path, int flags = 0) const;

 private:
  UniqueFd fd_;
  PathLookup lookup_;
};

}  // namespace ocirt::sys
