// A directory of files that only we may read and write, for a cache. Knows no OCI word.
#include "sys/private_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "sys/file.h"

namespace ocirt::sys {

namespace {

constexpr mode_t kForOthers = 077;

bool is_ours_alone(const struct stat& info) {
  return info.st_uid == geteuid() && (info.st_mode & kForOthers) == 0;
}

}  // namespace

PrivateDir::PrivateDir(const std::string& path) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  constexpr mode_t kMode = 0700;
  UniqueFd fd(open(path.c_str(), kFlags));
  if (!fd && errno == ENOENT && (mkdir(path.c_str(), kMode) == 0 || errno == EEXIST)) {
    fd = UniqueFd(open(path.c_str(), kFlags));
  }
  struct stat info = {};
  if (fd && fstat(fd.get(), &info) == 0 && is_ours_alone(info)) directory_ = std::move(fd);
}

std::optional<std::string> PrivateDir::read(const std::string& name, size_t limit) const {
  // O_NONBLOCK: a fifo of that name must not stop us.
  const UniqueFd file(
      openat(directory_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info = {};
  if (!file || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || !is_ours_alone(info) ||
      info.st_size > static_cast<off_t>(limit)) {
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  if (::read(file.get(), bytes.data(), bytes.size()) != info.st_size) return std::nullopt;
  return bytes;
}

void PrivateDir::write(const std::string& name, std::string_view bytes, size_t most) const {
  constexpr mode_t kMode = 0600;
  if (!directory_) return;
  drop_oldest(most - 1);
  (void)replace_file(directory_.get(), name.c_str(), bytes, kMode);  // nothing fails, see above
}

// Two writers at once may each leave one too many, which the next one mends.
void PrivateDir::drop_oldest(size_t most) const {
  DIR* stream = fdopendir(openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (stream == nullptr) return;
  std::vector<std::pair<int64_t, std::string>> files;  // by the time of their last change, in ns
  while (const dirent* entry = readdir(stream)) {
    struct stat info = {};
    if (fstatat(directory_.get(), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(info.st_mode)) {
      files.emplace_back(info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec,
                         entry->d_name);
    }
  }
  (void)closedir(stream);
  std::sort(files.begin(), files.end());
  for (size_t i = 0; i + most < files.size(); ++i) {
    (void)unlinkat(directory_.get(), files[i].second.c_str(), 0);  // nothing fails, see above
  }
}

}  // namespace ocirt::sys
