// Keeps compiled seccomp filters between runs. Runs in: creator.
#include "runtime/stages/seccomp_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr mode_t kForOthers = 077;
constexpr mode_t kFileMode = 0600;
constexpr off_t kLargestFile = 4 << 20;  // bytes
constexpr size_t kMostFiles = 64;

// What else decides how a filter looks. Only compile-time constants: a hit must not touch
// libseccomp. kFormat changes whenever seccomp_compile.cpp makes other filters of the same profile.
struct Maker {
  uint32_t format = 1;
  uint32_t libseccomp = SCMP_VER_MAJOR << 16 | SCMP_VER_MINOR << 8 | SCMP_VER_MICRO;
  uint32_t architecture = SCMP_ARCH_NATIVE;
  friend bool operator==(const Maker&, const Maker&) = default;
};

// A file: this, then the profile, then the filter.
struct Header {
  std::array<char, 8> magic = {'O', 'C', 'I', 'R', 'T', 'S', 'E', 'C'};
  Maker maker;
  uint32_t profile_size = 0;  // bytes
  uint32_t filter_size = 0;   // instructions
  uint32_t reserved = 0;
  uint64_t checksum = 0;  // of the filter
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 40);

// Fast and good enough for names of files and against accidents. Not against malice: the
// directory's mode is.
uint64_t hash(std::string_view bytes) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  uint64_t value = bytes.size() * kMultiplier;
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), count);
    bytes.remove_prefix(count);
    value = (value ^ word) * kMultiplier;
    value ^= value >> 29;
  }
  return value;
}

std::string_view bytes_of(std::span<const sock_filter> filter) {
  return {reinterpret_cast<const char*>(filter.data()), filter.size_bytes()};
}

std::string file_name(std::string_view profile) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (uint64_t rest = hash(profile); name.size() < 16; rest >>= 4) name += kDigits[rest & 0xF];
  return name;
}

bool is_ours_alone(const struct stat& info) {
  return info.st_uid == geteuid() && (info.st_mode & kForOthers) == 0;
}

// The file's bytes if it is one that we wrote.
std::optional<std::string> read_trusted(int directory, const std::string& name) {
  const UniqueFd file(openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info = {};
  if (!file || fstat(file.get(), &info) != 0) return std::nullopt;
  if (!S_ISREG(info.st_mode) || !is_ours_alone(info) || info.st_size > kLargestFile ||
      info.st_size < static_cast<off_t>(sizeof(Header))) {
    return std::nullopt;
  }
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  if (read(file.get(), bytes.data(), bytes.size()) != info.st_size) return std::nullopt;
  return bytes;
}

std::optional<std::vector<sock_filter>> parse(std::string_view bytes, std::string_view profile) {
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  const Header expected;
  if (header.magic != expected.magic || header.maker != expected.maker ||
      header.profile_size != profile.size() || !bytes.starts_with(profile)) {
    return std::nullopt;
  }
  bytes.remove_prefix(profile.size());
  if (header.filter_size == 0 || bytes.size() != header.filter_size * sizeof(sock_filter) ||
      hash(bytes) != header.checksum) {
    return std::nullopt;
  }
  std::vector<sock_filter> filter(header.filter_size);
  std::memcpy(filter.data(), bytes.data(), bytes.size());
  return filter;
}

// Makes room for one more. Two creators at once may each leave one too many, which the next mends.
void drop_oldest(int directory) {
  DIR* stream = fdopendir(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (stream == nullptr) return;
  size_t count = 0;
  std::string oldest;
  time_t oldest_time = 0;
  while (const dirent* entry = readdir(stream)) {
    struct stat info = {};
    if (fstatat(directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode)) {
      continue;
    }
    ++count;
    if (oldest.empty() || info.st_mtime < oldest_time) {
      oldest = entry->d_name;
      oldest_time = info.st_mtime;
    }
  }
  (void)closedir(stream);
  // A cache never fails: if it can't be removed, there is one more.
  if (count >= kMostFiles) (void)unlinkat(directory, oldest.c_str(), 0);
}

}  // namespace

SeccompCache::SeccompCache(const HostPath& directory) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  constexpr mode_t kDirectoryMode = 0700;
  if (directory.text.empty()) return;
  UniqueFd fd(open(directory.text.c_str(), kFlags));
  if (!fd && errno == ENOENT && mkdir(directory.text.c_str(), kDirectoryMode) == 0) {
    fd = UniqueFd(open(directory.text.c_str(), kFlags));
  }
  struct stat info = {};
  if (fd && fstat(fd.get(), &info) == 0 && is_ours_alone(info)) directory_ = std::move(fd);
}

std::optional<std::vector<sock_filter>> SeccompCache::find(std::string_view profile) const {
  if (!directory_) return std::nullopt;
  const std::optional<std::string> bytes = read_trusted(directory_.get(), file_name(profile));
  return bytes ? parse(*bytes, profile) : std::nullopt;
}

void SeccompCache::keep(std::string_view profile, std::span<const sock_filter> filter) const {
  if (!directory_) return;
  Header header;
  header.profile_size = static_cast<uint32_t>(profile.size());
  header.filter_size = static_cast<uint32_t>(filter.size());
  header.checksum = hash(bytes_of(filter));

  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += profile;
  bytes += bytes_of(filter);
  if (bytes.size() > static_cast<size_t>(kLargestFile)) return;
  drop_oldest(directory_.get());
  // A cache never fails: the next run compiles again.
  (void)sys::replace_file(directory_.get(), file_name(profile).c_str(), bytes, kFileMode);
}

}  // namespace ocirt::stages
