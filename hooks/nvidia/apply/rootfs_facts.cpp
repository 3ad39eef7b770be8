// Looks at an image, within its root.
#include "hooks/nvidia/apply/rootfs_facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/host/library_file.h"
#include "hooks/nvidia/plan/library_table.h"

namespace ocirt::nvidia {

namespace {

#if defined(__aarch64__)
constexpr const char* kTriplet = "/usr/lib/aarch64-linux-gnu";
constexpr std::string_view kGlibcLoaders[] = {"/lib/ld-linux-aarch64.so.1"};
#else
constexpr const char* kTriplet = "/usr/lib/x86_64-linux-gnu";
constexpr std::string_view kGlibcLoaders[] = {"/lib64/ld-linux-x86-64.so.2"};
#endif
constexpr const char* kTriplet32 = "/usr/lib/i386-linux-gnu";
// NGC's images have the libraries in lib.real, and a link "lib" that their entry point makes.
constexpr std::string_view kCompatDirectories[] = {"/usr/local/cuda/compat",
                                                   "/usr/local/cuda/compat/lib.real"};
constexpr size_t kMostCompatLibraries = 64;

bool is_directory(const sys::RootDir& root, const std::string& path) {
  const Result<struct stat> status = root.stat({path});
  return status && S_ISDIR(status->st_mode);
}

Libc find_libc(const sys::RootDir& root) {
  for (const std::string_view loader : kGlibcLoaders) {
    if (root.stat({std::string(loader)})) return Libc::Glibc;
  }
  const std::vector<std::string> names = names_in(root, "/lib");
  const bool has_musl = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.starts_with("ld-musl-");
  });
  return has_musl ? Libc::Musl : Libc::None;
}

// The libraries of one directory; nothing where there is not exactly one libcuda.
std::optional<CompatFacts> look_at_compat(const sys::RootDir& root, const std::string& directory) {
  CompatFacts facts{.directory = directory};
  for (const std::string& name : names_in(root, directory)) {
    if (name.find(".so.") == std::string::npos) continue;
    const std::string path = directory + '/' + name;
    const Result<UniqueFd> file = root.open({path}, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!file) continue;  // a link: its target comes by itself
    const std::string_view version = version_of_libcuda(name);
    const Result<ElfFacts> elf =
        read_library(file->get(), version.empty() ? ElfParts::Soname : ElfParts::SonameAndNote);
    if (!elf || elf->soname.empty() || elf->soname.find('/') != std::string::npos) continue;
    if (!version.empty()) {
      if (!facts.version.empty()) return std::nullopt;
      facts.version = version;
      facts.note = elf->compatibility;
    }
    if (facts.entries.size() < kMostCompatLibraries) {
      facts.entries.push_back({.key = elf->soname, .value = path});
    }
  }
  if (facts.version.empty()) return std::nullopt;
  return facts;
}

}  // namespace

RootfsFacts look_at_rootfs(const sys::RootDir& root) {
  RootfsFacts facts;
  if (is_directory(root, kTriplet)) facts.lib_directory = kTriplet;
  if (is_directory(root, kTriplet32)) facts.lib_directory_32 = kTriplet32;
  facts.libc = find_libc(root);
  for (const std::string_view directory : kCompatDirectories) {
    facts.compat = look_at_compat(root, std::string(directory));
    if (facts.compat) break;
  }
  return facts;
}

}  // namespace ocirt::nvidia
