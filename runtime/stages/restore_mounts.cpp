// Prepares what a restored container's mounts need of the host. Runs in: the `restore` process.
#include "runtime/stages/restore_mounts.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "runtime/plan/decide_criu.h"
#include "runtime/plan/mount_table.h"
#include "runtime/plan/text.h"
#include "runtime/stages/rootfs_builder.h"
#include "sys/file.h"
#include "sys/root_dir.h"

namespace ocirt::stages {

namespace {

constexpr size_t kLargestMountTable = 64 << 20;

/// A place in the container where something is mounted.
struct Covered {
  std::string path;
  int source = -1;  // of a bind: what is there then; -1: a file system that CRIU fills
};

bool is_directory(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

// What `path` lies in: the latest and innermost mount before it; nothing for the rootfs itself.
const Covered* cover_of(const std::vector<Covered>& covered, const std::string& path) {
  const Covered* innermost = nullptr;
  for (const Covered& candidate : covered) {
    if (candidate.path == path || !plan::is_at_or_below(path, candidate.path)) continue;
    if (innermost == nullptr || candidate.path.size() >= innermost->path.size()) {
      innermost = &candidate;
    }
  }
  return innermost;
}

class MountPoints {
 public:
  explicit MountPoints(int rootfs) : rootfs_(rootfs) {}

  /// The mount point for `source`, or for a directory where that is -1. Where it lies by its real
  /// name, if that is in the rootfs.
  Result<std::optional<std::string>> make(const std::string& path, int source) {
    const Covered* cover = cover_of(covered_, path);
    const bool is_ours = cover == nullptr || cover->source >= 0;
    std::optional<std::string> real;
    if (is_ours) {
      const int base = cover == nullptr ? rootfs_ : cover->source;
      const std::string below = cover == nullptr ? path : path.substr(cover->path.size());
      const UniqueFd made = TRY(make_below(base, ContainerPath{below}, source));
      if (cover == nullptr) real = TRY(name_of(made.get()));
    }
    covered_.push_back({.path = path, .source = source});
    return real;
  }

 private:
  static Result<UniqueFd> make_below(int base, const ContainerPath& path, int source) {
    UniqueFd copy(::fcntl(base, F_DUPFD_CLOEXEC, 0));
    if (!copy) return last_error("duplicate a directory's fd");
    const sys::RootDir root(std::move(copy));
    Result<UniqueFd> existing = root.open(path, O_PATH);
    if (existing) return existing;
    if (source < 0 || is_directory(source)) return root.make_directories(path, kDirectoryMode);
    return root.create_file(path, 0644);
  }

  // The rootfs is mounted nowhere yet, so the kernel's name for a file in it begins at its root.
  static Result<std::string> name_of(int fd) {
    return sys::read_link(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd).c_str());
  }

  int rootfs_;
  std::vector<Covered> covered_;
};

}  // namespace

Result<std::vector<plan::CriuExternalMount>> prepare_mounts(const plan::RootfsPlan& plan,
                                                            const RootfsHandles& held) {
  const std::vector<plan::MountedTree> of_host = plan::parse_mount_table(
      TRY(sys::read_file(AT_FDCWD, "/proc/self/mountinfo", kLargestMountTable)));
  std::vector<plan::CriuExternalMount> mounts = plan::sources_of_mounts(plan, of_host);
  MountPoints points(held.root.get());
  for (size_t i = 0; i < plan.operations.size(); ++i) {
    const plan::RootfsOperation& operation = plan.operations[i];
    const auto* bind = std::get_if<plan::BindMount>(&operation);
    const auto* mount = std::get_if<plan::MountFilesystem>(&operation);
    if (bind == nullptr && mount == nullptr) continue;
    const std::string& path = bind != nullptr ? bind->destination.text : mount->destination.text;
    Result<std::optional<std::string>> real =
        points.make(path, bind != nullptr ? held.sources[i].get() : -1);
    if (!real) return about(describe(operation), std::move(real).error());
    if (bind != nullptr && *real && **real != path) {
      mounts.push_back({.name = **real, .value = bind->source.text});
    }
  }
  return mounts;
}

}  // namespace ocirt::stages
