// Devices and links of the rootfs. Runs in: init, before pivot.
//
// "/dev" may be what the image makes of it, a link for instance: everything goes through RootDir
// (CVE-2026-41579, CVE-2026-47766).
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "runtime/stages/rootfs_builder.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

// Leaves alone what is there, if it is the device that was asked for.
Result<> accept_existing(int directory, const char* name, const plan::MakeDevice& device) {
  struct stat status {};
  if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return last_error("stat");
  const bool is_node = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode);
  const bool same_number = !is_node || status.st_rdev == ::makedev(device.major, device.minor);
  if ((status.st_mode & S_IFMT) == device.type && same_number) return {};
  // config-linux.md#devices: a file that doesn't match is an error.
  return make_error(ErrorKind::AlreadyExists, "the container has another file there");
}

}  // namespace

Result<RootfsBuilder::Place> RootfsBuilder::place_of(const ContainerPath& path) {
  const std::string_view text = path.text;
  const size_t slash = text.rfind('/');
  const std::string_view directory = text.substr(0, slash == std::string_view::npos ? 0 : slash);
  const char* name = path.text.c_str() + (slash == std::string_view::npos ? 0 : slash + 1);
  const bool plain = *name != '\0' && *name != '.';
  if (plain && !directory.empty() && directory == last_directory_path_) {
    return Place{.directory = last_parent_.directory.get(), .name = name};
  }
  last_parent_ = TRY(root_.make_parent(path, kDirectoryMode));
  last_directory_path_ = plain ? directory : std::string_view();
  return Place{.directory = last_parent_.directory.get(), .name = last_parent_.name.c_str()};
}

Result<> RootfsBuilder::make_device(const plan::MakeDevice& device, sys::MountFd source) {
  if (device.bind_from_host) return bind_device(device, std::move(source));
  const Place place = TRY(place_of(device.path));
  const dev_t number = ::makedev(device.major, device.minor);
  if (::mknodat(place.directory, place.name, device.type | device.mode, number) != 0) {
    if (errno == EEXIST) return accept_existing(place.directory, place.name, device);
    return last_error("mknod");
  }
  if (device.uid == 0 && device.gid == 0) return {};  // init is 0:0, and so is what it makes
  if (::fchownat(place.directory, place.name, device.uid, device.gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return last_error("chown");
  }
  // Giving a file away clears its set-id bits (chown(2)), which a device has no use for.
  return {};
}

Result<> RootfsBuilder::bind_device(const plan::MakeDevice& device, sys::MountFd source) {
  if (device.opened_by == plan::OpenedBy::Init) source = TRY(open_source(device));
  const Place place = TRY(place_of(device.path));
  UniqueFd target(::openat(place.directory, place.name,
                           O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDONLY, 0644));
  if (!target && errno == EEXIST) {
    target.reset(::openat(place.directory, place.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!target) return last_error("make a file to mount on");
  // Not attach(): a device covers no directory, so the last one stays known.
  return sys::move_mount(source.get(), target.get());
}

Result<> RootfsBuilder::make_symlink(const plan::MakeSymlink& link) {
  const Place place = TRY(place_of(link.path));
  if (::symlinkat(link.target.c_str(), place.directory, place.name) == 0) return {};
  if (errno != EEXIST) return last_error("symlink");
  if (!link.replace) return {};
  // From an earlier start, perhaps: to make it again costs the file system a new inode.
  const Result<std::string> there = sys::read_link(place.directory, place.name);
  if (there && *there == link.target) return {};
  if (::unlinkat(place.directory, place.name, 0) != 0) return last_error("remove what is there");
  if (::symlinkat(link.target.c_str(), place.directory, place.name) != 0) {
    return last_error("symlink");
  }
  return {};
}

}  // namespace ocirt::stages
