// The directories of an image in another user's store, made anew as the caller's.
#include "frontend/containers/skeleton.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "frontend/containers/tree_job.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

std::vector<std::string> directories_in(int directory) {
  std::vector<std::string> names;
  const int fd = ::openat(directory, ".", kDirectory | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (!stream) return names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// What it would be in a store of the caller's.
Result<> set_attributes(int from, int to) {
  constexpr mode_t kModeBits = 07777;
  struct stat info {};
  if (::fstat(from, &info) < 0) return last_error("look at a directory of the image");
  unsigned uid = 0;
  unsigned gid = 0;
  unsigned mode = info.st_mode & kModeBits;
  std::array<char, 64> text{};
  if (::fgetxattr(from, "user.containers.override_stat", text.data(), text.size() - 1) > 0) {
    (void)std::sscanf(text.data(), "%u:%u:%o", &uid, &gid, &mode);
  }
  // An id that the caller doesn't have stays root's, as at unpack.
  if (::fchown(to, uid, gid) < 0 && errno != EINVAL && errno != EPERM) {
    return last_error("give a directory to its owner");
  }
  const std::array<timespec, 2> times = {info.st_atim, info.st_mtim};
  if (::fchmod(to, mode & kModeBits) < 0 || ::futimens(to, times.data()) < 0) {
    return last_error("set the mode of a directory");
  }
  return {};
}

// One at a time, and not by recursion: an image is as deep as it wants. Of the image no more than
// names is taken, whatever its owner does to it meanwhile. Runs in: the job.
Result<> copy_directories(int from, int to) {
  std::vector<std::string> waiting = {"."};
  while (!waiting.empty()) {
    const std::string path = std::move(waiting.back());
    waiting.pop_back();
    const UniqueFd source(::openat(from, path.c_str(), kDirectory | O_CLOEXEC));
    if (!source && errno == ENAMETOOLONG) continue;  // nothing can be made there by its path, too
    if (!source) return last_error(fmt::format("read \"{}\" of the image", path));
    const UniqueFd copy = TRY(sys::open_at(to, path.c_str(), kDirectory));
    for (const std::string& name : directories_in(source.get())) {
      if (::mkdirat(copy.get(), name.c_str(), 0700) < 0) {
        return last_error(fmt::format("make \"{}/{}\"", path, name));
      }
      waiting.push_back(path + '/' + name);
    }
    TRY(set_attributes(source.get(), copy.get()));
  }
  return {};
}

}  // namespace

Result<> make_skeleton(const std::string& directory, const std::vector<std::string>& layers) {
  if (::mkdir(directory.c_str(), 0755) < 0) {
    return last_error(fmt::format("make \"{}\"", directory));
  }
  const UniqueFd to = TRY(sys::open_at(AT_FDCWD, directory.c_str(), kDirectory));
  const int made = to.get();
  return run_in_tree({.lower = layers}, [made](int root) { return copy_directories(root, made); });
}

}  // namespace ocirt::containers
