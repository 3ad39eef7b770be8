// What a container has changed of its image's files: the upper directory of its overlay, held
// against the layers.
#include "frontend/containers/tree_diff.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/words.h"
#include "frontend/containers/tree_job.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

constexpr size_t kMostBytes = 256 << 20;

// Made by the runtime in the container's root, whatever the image is.
constexpr std::array<std::string_view, 11> kMadeByUs = {
    "/dev", "/etc/hostname",      "/etc/hosts",   "/etc/mtab", "/etc/resolv.conf", "/proc",
    "/run", "/run/.containerenv", "/run/secrets", "/sys",      "/run/notify"};

bool is_made_by_us(std::string_view path) {
  return std::find(kMadeByUs.begin(), kMadeByUs.end(), path) != kMadeByUs.end();
}

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (!stream) return names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_opaque(int directory) {
  std::array<char, 2> value{};
  return ::fgetxattr(directory, "user.overlay.opaque", value.data(), value.size()) == 1 &&
         value[0] == 'y';
}

bool is_whiteout(const struct stat& info) {
  return S_ISCHR(info.st_mode) && info.st_rdev == makedev(0, 0);
}

// One walk over the upper directory, with the same place below it. Runs in: the job.
class Walk {
 public:
  // `lower` is -1 where there is no directory of that name below.
  Result<> directory(int upper, int lower, const std::string& path) {
    const std::vector<std::string> names = names_in(upper);
    for (const std::string& name : names) TRY(entry(upper, lower, name, path + '/' + name));
    if (lower < 0 || !is_opaque(upper)) return {};
    // What is below an opaque directory has gone, unless it is there again.
    for (const std::string& name : names_in(lower)) {
      if (!std::binary_search(names.begin(), names.end(), name)) add('D', path + '/' + name);
    }
    return {};
  }

  [[nodiscard]] std::vector<std::string> take() && { return std::move(words_); }

 private:
  Result<> entry(int upper, int lower, const std::string& name, const std::string& path) {
    struct stat above {};
    if (::fstatat(upper, name.c_str(), &above, AT_SYMLINK_NOFOLLOW) < 0) return {};  // gone since
    struct stat below {};
    const bool was_there =
        lower >= 0 && ::fstatat(lower, name.c_str(), &below, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_whiteout(above)) {
      add('D', path);
      return {};
    }
    add(was_there ? 'C' : 'A', path);
    if (!S_ISDIR(above.st_mode)) return {};
    const UniqueFd inside =
        TRY(sys::open_at(upper, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    UniqueFd inside_lower;
    if (was_there && S_ISDIR(below.st_mode)) {
      inside_lower = TRY(sys::open_at(lower, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    }
    return directory(inside.get(), inside_lower ? inside_lower.get() : -1, path);
  }

  void add(char kind, const std::string& path) {
    if (is_made_by_us(path)) return;
    words_.push_back(kind + path);
  }

  std::vector<std::string> words_;
};

}  // namespace

Result<std::vector<Change>> find_changes(const model::Record& record,
                                         const std::string& directory) {
  if (!record.rootfs.empty()) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("container {} has a --rootfs, which has no layers to be held "
                                  "against",
                                  record.name));
  }
  const UniqueFd found = TRY(sys::memory_file("changes", ""));
  TRY(run_in_tree(image_tree_of(record), [&](int root) -> Result<> {
    const std::string path = directory + "/upper";
    const UniqueFd upper = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY));
    Walk walk;
    TRY(walk.directory(upper.get(), root, ""));
    return sys::write_all(found.get(), join_words(std::move(walk).take()));
  }));
  if (::lseek(found.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  std::vector<Change> changes;
  for (const std::string& word : split_words(TRY(sys::read_all(found.get(), kMostBytes)))) {
    changes.push_back({.kind = word.front(), .path = word.substr(1)});
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& left, const Change& right) { return left.path < right.path; });
  return changes;
}

}  // namespace ocirt::containers
