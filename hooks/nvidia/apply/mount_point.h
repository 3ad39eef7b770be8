// Places in a container to mount on, found and made by the fd of their directory. Runs in: the
// container's mount namespace.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// Where a path may lie.
enum class Ground {
  Anywhere,     // /dev is a mount of its own
  RootfsAlone,  // what lies in a volume belongs to whoever gave the volume, not to the container
};

/// Makes places below a container's root. Each directory is resolved once and kept as an fd; the
/// last name is never followed: a link there, which an image may have planted, is replaced.
class MountPoints {
 public:
  explicit MountPoints(const sys::RootDir& root) : root_(root) {}

  /// An O_PATH fd of the file at `path`: what is there, or an empty one.
  /// Errors: BadState, where it would lie in a volume; System, as for a read-only rootfs.
  Result<UniqueFd> file(const ContainerPath& path, Ground ground);

  /// Makes a symbolic link, or leaves the same one. Another file of that name, as an image has that
  /// brings driver libraries along, stays: false.
  Result<bool> link(const ContainerPath& path, const std::string& target, Ground ground);

 private:
  struct Place {
    int directory = -1;  // borrowed of directories_
    std::string name;
  };
  Result<Place> find(const ContainerPath& path, Ground ground);

  const sys::RootDir& root_;
  std::map<std::string, UniqueFd> directories_;
};

}  // namespace ocirt::nvidia
