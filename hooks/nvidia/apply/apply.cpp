// Makes the plan's mounts, links and files. Runs in: the container's mount namespace.
#include "hooks/nvidia/apply/apply.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "hooks/nvidia/apply/mount_point.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace ocirt::nvidia {

namespace {

constexpr uint64_t kOfFile = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
constexpr uint64_t kOfSocket = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
constexpr uint64_t kOfDevice = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
constexpr uint64_t kOfOurFile = kOfFile | MOUNT_ATTR_NOEXEC;

// Mounts a clone of `name` in `directory`, which is never the container's, on `target`.
Result<> bind(int directory, const std::string& name, int target, uint64_t attributes) {
  sys::MountFd mount = TRY(sys::open_tree(directory, name.c_str(), 0));
  // Private: the clone of a shared mount is its peer.
  TRY(sys::mount_setattr(mount.get(), "", 0, {.attr_set = attributes, .propagation = MS_PRIVATE}));
  (void)TRY(std::move(mount).attach(target));
  return {};
}

// A file system in memory that lies over the container's root for as long as files of it are
// mounted elsewhere: before Linux 6.15 what is attached nowhere can't be cloned.
class FilesInMemory {
 public:
  static Result<FilesInMemory> make() {
    return FilesInMemory(TRY(
        sys::mount_detached("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)));
  }

  Result<> add(const std::string& name, const std::string& content) {
    const UniqueFd file =
        TRY(sys::open_at(mount_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0444));
    return sys::write_all(file.get(), content);
  }

  /// Mounts each file on its target.
  Result<> bind_all(const std::vector<std::pair<std::string, UniqueFd>>& targets, int root) && {
    const UniqueFd top = TRY(std::move(mount_).attach(root));
    Result<> done;
    for (const auto& [name, target] : targets) {
      if (done) done = bind(top.get(), name, target.get(), kOfOurFile);
    }
    const UniqueFd before(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (::fchdir(top.get()) != 0 || ::umount2(".", MNT_DETACH) != 0) {
      return last_error("take away a file system in memory");
    }
    if (before) (void)!::fchdir(before.get());  // nothing after us needs it
    return done;
  }

 private:
  explicit FilesInMemory(sys::MountFd mount) : mount_(std::move(mount)) {}
  sys::MountFd mount_;
};

class Applier {
 public:
  Applier(Plan& plan, const sys::RootDir& root) : plan_(plan), root_(root), points_(root) {}

  Result<> make_devices() {
    for (const PlannedDevice& device : plan_.devices) {
      const UniqueFd target = TRY(points_.file(device.path, Ground::Anywhere));
      TRY(about(device.source, bind(AT_FDCWD, device.source.text, target.get(), kOfDevice)));
    }
    return {};
  }

  Result<> make_mounts() {
    for (const PlannedMount& mount : plan_.mounts) {
      const bool is_file = mount.kind == MountKind::File;
      Result<UniqueFd> target =
          points_.file(mount.destination, is_file ? Ground::RootfsAlone : Ground::Anywhere);
      if (!target) {
        if (is_left_out(target.error())) continue;
        return std::move(target).error();
      }
      TRY(about(mount.source,
                bind(AT_FDCWD, mount.source.text, target->get(), is_file ? kOfFile : kOfSocket)));
    }
    return {};
  }

  Result<> make_links() {
    for (const PlannedLink& link : plan_.links) {
      const bool is_device = link.path.text.starts_with("/dev/");
      Result<bool> made =
          points_.link(link.path, link.target, is_device ? Ground::Anywhere : Ground::RootfsAlone);
      if (made && !*made) TRY(cover_with_library(link));
      if (!made && !is_left_out(made.error())) return std::move(made).error();
    }
    return {};
  }

  Result<> make_files() {
    std::vector<PlannedFile> files = plan_.files;
    if (auto cache = merge_loader_cache(plan_, root_)) {
      files.push_back({.path = {kLoaderCachePath}, .content = std::move(*cache)});
    }
    if (files.empty()) return {};
    FilesInMemory memory = TRY(FilesInMemory::make());
    std::vector<std::pair<std::string, UniqueFd>> targets;
    for (const PlannedFile& file : files) {
      Result<UniqueFd> target = find_target(file.path);
      if (!target) {
        if (is_left_out(target.error())) continue;
        return std::move(target).error();
      }
      std::string name = fmt::format("{}", targets.size());
      TRY(memory.add(name, file.content));
      targets.emplace_back(std::move(name), std::move(*target));
    }
    return std::move(memory).bind_all(targets, root_.fd());
  }

 private:
  // Says which of the host's files it was.
  static Result<> about(const HostPath& source, Result<> done) {
    if (!done) done.error().text = fmt::format("{}: {}", source.text, done.error().text);
    return done;
  }

  // What a volume covers belongs to the user, who may have meant it so.
  bool is_left_out(const Error& error) {
    if (error.kind != ErrorKind::BadState) return false;
    plan_.warnings.push_back("left out: " + error.text);
    return true;
  }

  // An image that brings driver libraries along has a regular file where our link should be.
  Result<> cover_with_library(const PlannedLink& link) {
    for (const PlannedMount& mount : plan_.mounts) {
      const std::string& path = mount.destination.text;
      const size_t slash = path.rfind('/');
      const bool is_target = path.substr(slash + 1) == link.target &&
                             link.path.text.substr(0, slash) == path.substr(0, slash);
      if (!is_target) continue;
      const UniqueFd target = TRY(points_.file(link.path, Ground::RootfsAlone));
      return about(mount.source, bind(AT_FDCWD, mount.source.text, target.get(), kOfFile));
    }
    return {};
  }

  // A file of /proc is there or it isn't, and must be the kernel's own.
  Result<UniqueFd> find_target(const ContainerPath& path) {
    if (!path.text.starts_with("/proc/")) return points_.file(path, Ground::RootfsAlone);
    Result<UniqueFd> file = root_.open(path, O_PATH | O_NOFOLLOW);
    struct statfs about {};
    if (file && ::fstatfs(file->get(), &about) == 0 && about.f_type == PROC_SUPER_MAGIC) {
      return file;
    }
    return make_error(ErrorKind::BadState, fmt::format("no {} in the container", path.text));
  }

  Plan& plan_;
  const sys::RootDir& root_;
  MountPoints points_;
};

}  // namespace

Result<> apply(Plan& plan, const sys::RootDir& root, Parts parts) {
  Applier applier(plan, root);
  if (parts == Parts::All) TRY(applier.make_devices());
  TRY(applier.make_mounts());
  TRY(applier.make_links());
  return applier.make_files();
}

}  // namespace ocirt::nvidia
