// How much room files take.
#include "frontend/containers/disk_use.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "base/words.h"
#include "frontend/containers/tree_job.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

constexpr size_t kMostBytes = 16 << 20;

using Inodes = std::set<std::pair<dev_t, ino_t>>;

// Runs in: the job. What goes away meanwhile counts nothing.
uint64_t size_of(int parent, const char* name, Inodes& seen) {
  const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
  if (!stream) return 0;
  uint64_t bytes = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view each = entry->d_name;
    struct stat info {};
    if (each == "." || each == ".." ||
        ::fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    if (S_ISDIR(info.st_mode)) {
      bytes += size_of(fd, entry->d_name, seen);
    } else if (info.st_nlink == 1 || seen.emplace(info.st_dev, info.st_ino).second) {
      bytes += static_cast<uint64_t>(info.st_size);
    }
  }
  return bytes;
}

}  // namespace

Result<std::vector<uint64_t>> sizes_below(const std::string& root,
                                          const std::vector<std::string>& directories) {
  std::vector<uint64_t> sizes;
  if (directories.empty()) return sizes;
  const UniqueFd found = TRY(sys::memory_file("sizes", ""));
  TRY(run_in_tree({.directory = root}, [&](int tree) -> Result<> {
    std::vector<std::string> words;
    for (const std::string& each : directories) {
      Inodes seen;
      words.push_back(std::to_string(size_of(tree, each.c_str(), seen)));
    }
    return sys::write_all(found.get(), join_words(words));
  }));
  if (::lseek(found.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  for (const std::string& word : split_words(TRY(sys::read_all(found.get(), kMostBytes)))) {
    sizes.push_back(std::strtoull(word.c_str(), nullptr, 10));
  }
  return sizes;
}

}  // namespace ocirt::containers
