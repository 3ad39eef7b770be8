// Opens what the host gives to the container, and the words for operations that failed.
// Runs in: creator, or init where a user without privileges may clone mounts only there.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <utility>

#include "runtime/stages/rootfs_builder.h"
#include "sys/proc_dir.h"

namespace ocirt::stages {

namespace {

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

// Takes a clone of the host's node out of the peer group of the host's "/dev": whatever the
// container mounts on it would else cover the host's node as well.
Result<sys::MountFd> cut_off(sys::MountFd node) {
  TRY(sys::mount_setattr(node.get(), "", 0, {.propagation = MS_PRIVATE}));
  return node;
}

struct Describe {
  std::string operator()(const plan::MountFilesystem& mount) const {
    return "mount " + quoted(mount.type) + " on " + quoted(mount.destination.text);
  }
  std::string operator()(const plan::BindMount& bind) const {
    return "mount " + quoted(bind.source.text) + " on " + quoted(bind.destination.text);
  }
  std::string operator()(const plan::ChangeMount& change) const {
    return "change the mount on " + quoted(change.destination.text);
  }
  std::string operator()(const plan::MakeDevice& device) const {
    return "make device " + quoted(device.path.text);
  }
  std::string operator()(const plan::MakeSymlink& link) const {
    return "make link " + quoted(link.path.text);
  }
};

}  // namespace

std::string describe(const plan::RootfsOperation& operation) {
  return std::visit(Describe{}, operation);
}

Error about(const std::string& object, Error error) {
  error.text = object + ": " + error.text;
  return error;
}

Result<sys::MountFd> open_source(const plan::BindMount& bind) {
  unsigned flags = bind.recursive ? unsigned{AT_RECURSIVE} : 0;
  if (bind.source_nofollow || bind.copy_symlink) flags |= AT_SYMLINK_NOFOLLOW;
  Result<sys::MountFd> source = sys::open_tree(AT_FDCWD, bind.source.text.c_str(), flags);
  if (!source) {
    Error error = std::move(source).error();
    error.text = "open the host path";
    if (error.errno_value == EINVAL && !bind.recursive) {
      // open_tree(2): a mount below it is locked, and would be uncovered.
      return std::move(error).with_hint(
          "it has mounts that this user namespace must not uncover; use \"rbind\"");
    }
    return error;
  }
  if (!bind.source_is_procfs) return source;
  if (!TRY(sys::is_proc_root(source->get()))) {
    return make_error(ErrorKind::InvalidConfig, "only a procfs may be mounted there");
  }
  return source;
}

Result<sys::MountFd> open_source(const plan::MakeDevice& device) {
  Result<sys::MountFd> source = sys::open_tree(AT_FDCWD, device.path.text.c_str(), 0);
  if (!source) {
    Error error = std::move(source).error();
    error.text = "open the host's device of the same name";
    return error;
  }
  struct stat status {};
  if (::fstat(source->get(), &status) != 0) return last_error("stat the host's device");
  if ((status.st_mode & S_IFMT) != device.type ||
      status.st_rdev != ::makedev(device.major, device.minor)) {
    return make_error(ErrorKind::Unsupported,
                      "the host's file of the same name is another device, and a user namespace "
                      "can't make devices");
  }
  return cut_off(std::move(*source));
}

Result<sys::MountFd> open_null_device() {
  Result<sys::MountFd> null = sys::open_tree(AT_FDCWD, "/dev/null", 0);
  if (!null) return about("masked paths", std::move(null).error());
  struct stat status {};
  if (::fstat(null->get(), &status) != 0) return last_error("stat \"/dev/null\"");
  if (!S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(1, 3)) {
    return make_error(ErrorKind::System,
                      "masked paths: the host's \"/dev/null\" is not that device");
  }
  return cut_off(std::move(*null));
}

}  // namespace ocirt::stages
