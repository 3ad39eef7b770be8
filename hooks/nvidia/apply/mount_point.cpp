// Finds and makes places to mount on. Runs in: the container's mount namespace.
#include "hooks/nvidia/apply/mount_point.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

constexpr mode_t kDirectoryMode = 0755;
constexpr mode_t kFileMode = 0644;

// The mount that an fd lies in. Kernels before 5.8 don't tell; they lack openat2 and more.
std::optional<uint64_t> mount_of(int fd) {
  struct statx about {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &about) != 0) return std::nullopt;
  if ((about.stx_mask & STATX_MNT_ID) == 0) return std::nullopt;
  return about.stx_mnt_id;
}

Error failed(int errno_value, const ContainerPath& path) {
  Error error = system_error(errno_value, fmt::format("\"{}\" in the container", path.text));
  if (errno_value != EROFS) return error;
  return std::move(error).with_hint("the driver's files need a rootfs that can be written to");
}

// Somebody else may be at the same name (two containers on one rootfs): twice is enough.
constexpr int kMostTries = 8;

}  // namespace

Result<MountPoints::Place> MountPoints::find(const ContainerPath& path, Ground ground) {
  const size_t slash = path.text.rfind('/');
  const std::string parent = path.text.substr(0, slash);
  auto found = directories_.find(parent);
  if (found == directories_.end()) {
    UniqueFd directory = TRY(root_.make_directories({parent}, kDirectoryMode));
    found = directories_.emplace(parent, std::move(directory)).first;
  }
  if (ground == Ground::RootfsAlone && mount_of(found->second.get()) != mount_of(root_.fd())) {
    return make_error(ErrorKind::BadState,
                      fmt::format("\"{}\" lies in a volume of the container", path.text));
  }
  return Place{.directory = found->second.get(), .name = path.text.substr(slash + 1)};
}

Result<UniqueFd> MountPoints::file(const ContainerPath& path, Ground ground) {
  const Place place = TRY(find(path, ground));
  const char* name = place.name.c_str();
  for (int tries = 0; tries < kMostTries; ++tries) {
    UniqueFd file(::openat(place.directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT) {
      const UniqueFd made(::openat(
          place.directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
      if (!made && errno != EEXIST) return failed(errno, path);
      continue;  // the next round opens it for the path alone
    }
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return failed(errno, path);
    if (S_ISDIR(status.st_mode)) return failed(EISDIR, path);
    if (!S_ISLNK(status.st_mode)) return file;
    if (::unlinkat(place.directory, name, 0) != 0 && errno != ENOENT) return failed(errno, path);
  }
  return failed(EBUSY, path);
}

Result<bool> MountPoints::link(const ContainerPath& path, const std::string& target,
                               Ground ground) {
  const Place place = TRY(find(path, ground));
  const char* name = place.name.c_str();
  for (int tries = 0; tries < kMostTries; ++tries) {
    if (::symlinkat(target.c_str(), place.directory, name) == 0) return true;
    if (errno != EEXIST) return failed(errno, path);
    const Result<std::string> there = sys::read_link(place.directory, name);
    if (there && *there == target) return true;
    if (!there && there.error().errno_value == EINVAL) return false;  // no link
    if (::unlinkat(place.directory, name, 0) != 0 && errno != ENOENT) return failed(errno, path);
  }
  return failed(EBUSY, path);
}

}  // namespace ocirt::nvidia
