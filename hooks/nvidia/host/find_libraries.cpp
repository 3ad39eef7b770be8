// Finds the driver's libraries: those of exactly the version of the loaded module.
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/host/library_file.h"
#include "hooks/nvidia/plan/library_table.h"
#include "hooks/nvidia/plan/loader_cache.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

#if defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
constexpr std::string_view kDirectories[] = {"/usr/lib64", "/usr/lib/aarch64-linux-gnu",
                                             "/usr/lib/aarch64-linux-gnu/nvidia/current"};
#else
constexpr uint16_t kMachine = EM_X86_64;
constexpr std::string_view kDirectories[] = {"/usr/lib64",
                                             "/usr/lib/x86_64-linux-gnu",
                                             "/usr/lib/x86_64-linux-gnu/nvidia/current",
                                             "/usr/lib/i386-linux-gnu",
                                             "/usr/lib/i386-linux-gnu/nvidia/current",
                                             "/usr/lib32"};
#endif
// Debian's Tesla packages, Google's container hosts, NixOS, WSL's and others'.
constexpr std::string_view kOtherDirectories[] = {"/lib64",
                                                  "/usr/lib",
                                                  "/usr/local/nvidia/lib64",
                                                  "/usr/local/nvidia/lib",
                                                  "/run/opengl-driver/lib",
                                                  "/opt/nvidia/lib64",
                                                  "/opt/nvidia/lib"};

constexpr std::string_view kSubdirectories[] = {"/vdpau"};

class Finder {
 public:
  Finder(const HostView& view, Driver& driver) : view_(view), driver_(driver) {}

  void look_in(const std::string& directory) {
    if (!is_new(directory)) return;
    const auto is_drivers = [this](std::string_view name) {
      return !version_of_libcuda(name).empty() || match_library(name, driver_.version);
    };
    for (const std::string& name : names_in(view_.driver, directory, is_drivers)) {
      note_other_version(name);
      const auto match = match_library(name, driver_.version);
      if (match) add(directory + '/' + name, name, *match);
    }
  }

  [[nodiscard]] bool has(std::string_view stem) const {
    return std::any_of(driver_.libraries.begin(), driver_.libraries.end(),
                       [stem](const Library& library) { return library.name.starts_with(stem); });
  }

 private:
  // Where /lib is a link to /usr/lib, the same directory comes up twice.
  bool is_new(const std::string& directory) {
    const Result<struct stat> status = view_.driver.stat({directory});
    return status && S_ISDIR(status->st_mode) &&
           seen_.emplace(status->st_dev, status->st_ino).second;
  }

  void note_other_version(std::string_view name) {
    const std::string_view version = version_of_libcuda(name);
    if (version.empty() || version == driver_.version) return;
    auto& others = driver_.other_versions;
    if (std::find(others.begin(), others.end(), version) == others.end()) {
      others.emplace_back(version);
    }
  }

  void add(const std::string& path, const std::string& name, const LibraryMatch& match) {
    const Result<UniqueFd> file = view_.driver.open({path}, O_RDONLY | O_NONBLOCK);
    if (!file) return;
    const Result<ElfFacts> facts = read_library(file->get(), ElfParts::Soname);
    if (!facts) return;
    const bool is_32_bit = !facts->is_64_bit;
    if (facts->machine != (is_32_bit ? EM_386 : kMachine)) return;
    const bool is_known = std::any_of(
        driver_.libraries.begin(), driver_.libraries.end(), [&](const Library& library) {
          return library.name == name && library.is_32_bit == is_32_bit &&
                 library.subdirectory == match.subdirectory;
        });
    if (is_known) return;  // the directory that came first has it
    driver_.libraries.push_back({.path = real_path(file->get()),
                                 .name = name,
                                 .soname = facts->soname,
                                 .subdirectory = match.subdirectory,
                                 .serves = match.serves,
                                 .is_32_bit = is_32_bit});
  }

  const HostView& view_;
  Driver& driver_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

// The directories where the host's own loader finds the driver.
std::set<std::string> cached_directories(const HostView& view) {
  std::set<std::string> directories;
  const Result<UniqueFd> file = view.driver.open({"/etc/ld.so.cache"}, O_RDONLY | O_NONBLOCK);
  if (!file) return directories;
  const Result<std::string> bytes = sys::read_all(file->get(), kLargestLoaderCache);
  if (!bytes) return directories;
  const Result<LoaderCache> cache = parse_loader_cache(*bytes);
  if (!cache) return directories;
  for (const CacheEntry& entry : cache->entries) {
    if (!entry.key.starts_with("libcuda.so") && !entry.key.starts_with("libnvidia-ml.so")) continue;
    directories.insert(entry.value.substr(0, entry.value.rfind('/')));
  }
  return directories;
}

}  // namespace

Result<ElfFacts> read_library(int fd, ElfParts parts) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return last_error("stat");
  if (!S_ISREG(status.st_mode)) {
    return make_error(ErrorKind::InvalidConfig, "it is no regular file");
  }
  // Not mapped: a file that is cut off meanwhile would end us with SIGBUS.
  return read_elf(
      [fd](uint64_t offset, std::span<char> into) {
        const auto at = static_cast<off_t>(offset);
        return at >= 0 &&
               ::pread(fd, into.data(), into.size(), at) == static_cast<ssize_t>(into.size());
      },
      parts);
}

void find_libraries(const HostView& view, Driver& driver) {
  Finder finder(view, driver);
  for (const std::string_view directory : kDirectories) finder.look_in(std::string(directory));
  const auto is_complete = [&] { return finder.has("libcuda.so.") && finder.has("libnvidia-ml."); };
  // The cache and rarer places are looked into only on a host that has the driver elsewhere.
  if (!is_complete()) {
    for (const std::string& directory : cached_directories(view)) finder.look_in(directory);
  }
  if (!is_complete()) {
    for (const std::string_view directory : kOtherDirectories) {
      finder.look_in(std::string(directory));
    }
  }
  std::set<std::string> homes;
  for (const std::string_view directory : kDirectories) homes.emplace(directory);
  for (const std::string_view directory : kOtherDirectories) homes.emplace(directory);
  for (const std::string& directory : homes) {
    for (const std::string_view sub : kSubdirectories) finder.look_in(directory + std::string(sub));
  }
  std::sort(driver.libraries.begin(), driver.libraries.end(),
            [](const Library& a, const Library& b) {
              return std::tie(a.is_32_bit, a.name) < std::tie(b.is_32_bit, b.name);
            });
}

}  // namespace ocirt::nvidia
