// Removes a tree, whatever it holds.
#include "frontend/unpack/tree_remove.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace ocirt::unpack {

namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { (void)::closedir(stream); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Result<Directory> open_directory(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = ::openat(parent, name, kFlags);
  if (fd < 0 && errno == EACCES) {
    // A directory of ours that we may not read: its mode is the image's.
    constexpr mode_t kOwner = 0700;
    if (::fchmodat(parent, name, kOwner, 0) == 0) fd = ::openat(parent, name, kFlags);
  }
  if (fd < 0) return last_error(fmt::format("open the directory \"{}\"", name));
  Directory stream(::fdopendir(fd));
  if (!stream) return last_error(fmt::format("read the directory \"{}\"", name));
  return stream;
}

// A level of the tree on the way down: no recursion, for the depth is the image's choice.
struct Level {
  std::string name;
  Directory stream;
};

Result<> remove_one(int parent, const char* name, bool as_directory) {
  if (::unlinkat(parent, name, as_directory ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT) return {};
  if (errno == EACCES && ::fchmod(parent, 0700) == 0 &&
      ::unlinkat(parent, name, as_directory ? AT_REMOVEDIR : 0) == 0) {
    return {};
  }
  return last_error(fmt::format("remove \"{}\"", name));
}

// Removes the files of the directory. Returns the name of one that is a directory, or "".
Result<std::string> empty_files(DIR* stream) {
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    bool is_directory = entry->d_type == DT_DIR;
    if (entry->d_type == DT_UNKNOWN) {
      struct stat info {};
      is_directory = ::fstatat(::dirfd(stream), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                     S_ISDIR(info.st_mode);
    }
    if (is_directory) return std::string(name);
    TRY(remove_one(::dirfd(stream), entry->d_name, false));
  }
  return std::string();
}

}  // namespace

Result<> remove_tree(int parent, const char* name) {
  struct stat info {};
  if (::fstatat(parent, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Result<>{} : last_error(fmt::format("look at \"{}\"", name));
  }
  if (!S_ISDIR(info.st_mode)) return remove_one(parent, name, false);
  std::vector<Level> levels;
  levels.push_back({.name = name, .stream = TRY(open_directory(parent, name))});
  while (!levels.empty()) {
    const std::string inside = TRY(empty_files(levels.back().stream.get()));
    if (!inside.empty()) {
      Directory stream = TRY(open_directory(::dirfd(levels.back().stream.get()), inside.c_str()));
      levels.push_back({.name = inside, .stream = std::move(stream)});
      continue;
    }
    const std::string done = std::move(levels.back().name);
    levels.pop_back();
    const int above = levels.empty() ? parent : ::dirfd(levels.back().stream.get());
    TRY(remove_one(above, done.c_str(), true));
  }
  return {};
}

}  // namespace ocirt::unpack
