// Mounts of the rootfs: new file systems, binds, changes. Runs in: init, before pivot.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <utility>

#include "runtime/stages/mount_id_maps.h"
#include "runtime/stages/rootfs_builder.h"
#include "runtime/stages/rootfs_copy_up.h"

namespace ocirt::stages {

namespace {

bool is_empty(const plan::AttributeChange& change) {
  return change.set == 0 && change.clear == 0;
}

// Both changes on one mount; what is asked for the whole tree wins.
plan::AttributeChange merge(const plan::AttributeChange& top, const plan::AttributeChange& tree) {
  return {.set = (top.set & ~tree.clear) | tree.set, .clear = (top.clear & ~tree.set) | tree.clear};
}

// The MOUNT_ATTR_* of a mount, as statvfs(3) tells them.
uint64_t attributes_of(unsigned long flags) {
  constexpr std::array<std::pair<unsigned long, uint64_t>, 5> kPairs = {{
      {ST_RDONLY, MOUNT_ATTR_RDONLY},
      {ST_NOSUID, MOUNT_ATTR_NOSUID},
      {ST_NODEV, MOUNT_ATTR_NODEV},
      {ST_NOEXEC, MOUNT_ATTR_NOEXEC},
      {8192 /* ST_NOSYMFOLLOW */, MOUNT_ATTR_NOSYMFOLLOW},
  }};
  uint64_t attributes = 0;
  for (const auto& [from, to] : kPairs) {
    if ((flags & from) != 0) attributes |= to;
  }
  return attributes;
}

Result<> set_attributes(int fd, unsigned flags, plan::AttributeChange change) {
  if (is_empty(change)) return {};
  Result<> done =
      sys::mount_setattr(fd, "", flags, {.attr_set = change.set, .attr_clr = change.clear});
  if (done || done.error().errno_value != EPERM) return done;
  // A mount that came from a more privileged namespace has its restrictions locked, one by one, and
  // its access times as a whole (mount_namespaces(7)). They stay as they are, as with mount(8).
  struct statvfs status {};
  if (::fstatvfs(fd, &status) != 0) return done;
  constexpr uint64_t kAccessTimes = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME;
  plan::AttributeChange allowed = change;
  allowed.clear &= ~attributes_of(status.f_flag) & ~kAccessTimes;
  allowed.set &= ~kAccessTimes;
  if (allowed == change) return done;
  if (is_empty(allowed)) return {};
  return sys::mount_setattr(fd, "", flags, {.attr_set = allowed.set, .attr_clr = allowed.clear});
}

bool is_directory(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

// "/", "//" and "/." are the root itself.
bool is_root(const ContainerPath& path) {
  return path.text.find_first_not_of("/.") == std::string::npos &&
         path.text.find("...") == std::string::npos;
}

// What is mounted there could make others trust files that are none of the kernel's
// (CVE-2019-16884).
Result<bool> leads_into_procfs(int target, const ContainerPath& destination) {
  if (destination.text.starts_with("/proc/")) return false;  // decide() knows which of these may be
  struct statfs status {};
  if (::fstatfs(target, &status) != 0) return last_error("look at the destination");
  return status.f_type == PROC_SUPER_MAGIC;
}

Error kind_mismatch(bool source_is_directory) {
  return make_error(ErrorKind::InvalidConfig,
                    source_is_directory
                        ? "the host path is a directory, the container path is not"
                        : "the container path is a directory, the host path is not");
}

Result<UniqueFd> open_file_system(const plan::MountFilesystem& mount) {
  UniqueFd context = TRY(sys::fsopen(mount.type.c_str()));
  if (!mount.source.empty()) {
    TRY(sys::fsconfig_set_string(context.get(), "source", mount.source.c_str()));
  }
  for (const plan::FilesystemOption& option : mount.options) {
    Result<> set = option.value ? sys::fsconfig_set_string(context.get(), option.key.c_str(),
                                                           option.value->c_str())
                                : sys::fsconfig_set_flag(context.get(), option.key.c_str());
    // mount(2) has a flag for this one, which file systems without it don't look at.
    const bool may_lack_it = option.key == "iversion" && !set && set.error().errno_value == EINVAL;
    if (!set && !may_lack_it) return std::move(set).error();
  }
  return context;
}

Result<> keep_mode_of(int directory, int context) {
  struct stat status {};
  if (::fstat(directory, &status) != 0) return last_error("stat the destination");
  std::array<char, 8> mode{};
  std::to_chars(mode.begin(), mode.end(), status.st_mode & 07777, 8);
  return sys::fsconfig_set_string(context, "mode", mode.data());
}

Error explain(Error error, const plan::MountFilesystem& mount) {
  if (error.errno_value != EPERM) return error;
  if (mount.type == "proc") {
    return std::move(error).with_hint(
        "in a user namespace this needs a new pid namespace and a /proc here that nothing covers");
  }
  if (mount.type == "sysfs") {
    return std::move(error).with_hint("in a user namespace this needs a new network namespace");
  }
  return error;
}

}  // namespace

Result<> set_propagation(int fd, const std::vector<uint64_t>& propagation) {
  for (const uint64_t flags : propagation) {
    TRY(sys::mount_setattr(fd, "", (flags & MS_REC) != 0 ? AT_RECURSIVE : 0,
                           {.propagation = flags & ~uint64_t{MS_REC}}));
  }
  return {};
}

RootfsBuilder::RootfsBuilder(const plan::RootfsPlan& plan, RootfsHandles& held)
    : plan_(plan),
      held_(held),
      root_(UniqueFd(::fcntl(held.root.get(), F_DUPFD_CLOEXEC, 0))),
      last_parent_{} {}

Result<UniqueFd> RootfsBuilder::attach(sys::MountFd mount, int target,
                                       const ContainerPath& destination) {
  last_directory_path_.clear();
  if (distrusts_links_ && TRY(leads_into_procfs(target, destination))) {
    return make_error(ErrorKind::Denied, "the path leads into a procfs");
  }
  Result<> moved = sys::move_mount(mount.get(), target);
  if (!moved && moved.error().errno_value == EINVAL) {
    const bool directory = is_directory(mount.get());
    if (directory != is_directory(target)) return kind_mismatch(directory);
  }
  if (!moved) return Failure(std::move(moved).error());
  UniqueFd attached = std::move(mount).release();
  if (!is_root(destination)) return attached;
  // It covers the root that we work on: from here on it is the root.
  UniqueFd root(::fcntl(attached.get(), F_DUPFD_CLOEXEC, 0));
  UniqueFd held(::fcntl(attached.get(), F_DUPFD_CLOEXEC, 0));
  if (!root || !held) return last_error("duplicate the root's fd");
  root_ = sys::RootDir(std::move(root));
  held_.root = sys::MountFd(std::move(held));
  return attached;
}

Result<UniqueFd> RootfsBuilder::directory_to_cover(const plan::MountFilesystem& mount,
                                                   bool& is_new) {
  if (!mount.needs_plain_directory && !mount.keep_mode) {
    return root_.make_directories(mount.destination, kDirectoryMode);
  }
  const int plain = mount.needs_plain_directory ? O_NOFOLLOW : 0;
  Result<UniqueFd> existing = root_.open(mount.destination, O_PATH | O_DIRECTORY | plain);
  if (existing) return existing;
  const int reason = existing.error().errno_value;
  if (mount.needs_plain_directory && (reason == ENOTDIR || reason == ELOOP)) {
    return make_error(ErrorKind::Denied, "must be mounted on ordinary directory");
  }
  is_new = true;
  if (!mount.needs_plain_directory) {
    return root_.make_directories(mount.destination, kDirectoryMode);
  }
  // By the parent's fd, so that a link that appears now is not followed (CVE-2023-27561).
  const sys::RootDir::Parent parent = TRY(root_.make_parent(mount.destination, kDirectoryMode));
  if (::mkdirat(parent.directory.get(), parent.name.c_str(), kDirectoryMode) != 0) {
    return last_error("mkdir");
  }
  UniqueFd made(::openat(parent.directory.get(), parent.name.c_str(),
                         O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return last_error("must be mounted on ordinary directory");
  return made;
}

Result<> RootfsBuilder::mount_filesystem(const plan::MountFilesystem& mount, int id_map) {
  bool is_new = false;
  const UniqueFd target = TRY(directory_to_cover(mount, is_new));
  const UniqueFd context = TRY(open_file_system(mount));
  if (mount.keep_mode && !is_new) TRY(keep_mode_of(target.get(), context.get()));
  Result<> created = sys::fsconfig_create(context.get());
  if (!created) return explain(std::move(created).error(), mount);

  const uint64_t attributes = merge(mount.attributes, mount.recursive_attributes).set;
  // The copy comes before the mount is read-only, and before anybody sees it.
  const uint64_t at_once = mount.copy_up ? attributes & ~uint64_t{MOUNT_ATTR_RDONLY} : attributes;
  Result<sys::MountFd> detached = sys::fsmount(context.get(), at_once);
  if (!detached) return explain(std::move(detached).error(), mount);
  if (mount.copy_up) {
    TRY(copy_up(target.get(), detached->get()));
    if (at_once != attributes) {
      TRY(sys::mount_setattr(detached->get(), "", 0, {.attr_set = MOUNT_ATTR_RDONLY}));
    }
  }
  // After the copy, whose owners the map shall apply to.
  if (mount.id_map) TRY(map_ids(detached->get(), *mount.id_map, id_map));
  const UniqueFd mounted = TRY(attach(std::move(*detached), target.get(), mount.destination));
  return set_propagation(mounted.get(), mount.propagation);
}

// A clone that the creator made is a peer of the host's mount. It gets what it would have, had it
// been cloned in this namespace, unless its own options say as much.
Result<> RootfsBuilder::propagate_as_inherited(int mount, const plan::BindMount& bind) {
  const uint64_t inherited = plan_.inherited_propagation & ~uint64_t{MS_REC};
  if (inherited == 0 || bind.opened_by == plan::OpenedBy::Init) return {};
  if (!bind.propagation.empty()) {
    const uint64_t first = bind.propagation.front();
    const bool whole = !bind.recursive || (first & MS_REC) != 0;
    const bool cuts = (first & (MS_PRIVATE | MS_UNBINDABLE)) != 0;
    if (whole && (cuts || (inherited == MS_SLAVE && (first & MS_SLAVE) != 0))) return {};
  }
  return sys::mount_setattr(mount, "", AT_RECURSIVE, {.propagation = inherited});
}

// What `bind` covers: a directory or a file, as the source is, made where it is missing.
Result<UniqueFd> RootfsBuilder::destination_of(const plan::BindMount& bind, int source) {
  const int nofollow = bind.destination_nofollow ? O_NOFOLLOW : 0;
  Result<UniqueFd> existing = root_.open(bind.destination, O_PATH | nofollow);
  if (existing) return existing;
  const int reason = existing.error().errno_value;
  // ENOTDIR: a file on the way. Making the directories will fail as well, and names the file.
  if (reason != ENOENT && reason != ENOTDIR) return existing;
  return is_directory(source) ? root_.make_directories(bind.destination, kDirectoryMode)
                              : root_.create_file(bind.destination, 0644);
}

Result<> RootfsBuilder::bind(const plan::BindMount& bind, sys::MountFd source) {
  if (bind.opened_by == plan::OpenedBy::Init) source = TRY(open_source(bind));
  if (bind.copy_symlink) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(source.get(), "", target.data(), target.size());
    if (size > 0) {
      return make_symlink({.path = bind.destination,
                           .target = std::string(target.data(), static_cast<size_t>(size))});
    }
  }
  const UniqueFd target = TRY(destination_of(bind, source.get()));

  const plan::AttributeChange top =
      bind.recursive ? bind.attributes : merge(bind.attributes, bind.recursive_attributes);
  TRY(set_attributes(source.get(), 0, top));
  if (bind.recursive) TRY(set_attributes(source.get(), AT_RECURSIVE, bind.recursive_attributes));
  TRY(propagate_as_inherited(source.get(), bind));

  const UniqueFd mounted = TRY(attach(std::move(source), target.get(), bind.destination));
  return set_propagation(mounted.get(), bind.propagation);
}

Result<> RootfsBuilder::change_mount(const plan::ChangeMount& change) {
  const UniqueFd mount = TRY(root_.open(change.destination, O_PATH));
  const auto explain_einval = [](Result<> done) -> Result<> {
    if (done || done.error().errno_value != EINVAL) return done;
    return make_error(ErrorKind::InvalidConfig, "nothing is mounted there");
  };
  TRY(explain_einval(set_attributes(mount.get(), 0, change.attributes)));
  TRY(explain_einval(set_attributes(mount.get(), AT_RECURSIVE, change.recursive_attributes)));
  return explain_einval(set_propagation(mount.get(), change.propagation));
}

}  // namespace ocirt::stages
