// Words about this host and its programs.
#include "frontend/commands/host_words.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>

#include "frontend/bundle/text.h"
#include "frontend/containers/runtime.h"
#include "frontend/registry/manifest.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::frontend {

namespace {

constexpr size_t kMostText = 1 << 20;

struct FileSystem {
  uint64_t magic;
  const char* name;
};

// Of file systems that have no number in linux/magic.h.
constexpr uint64_t kXfs = 0x58465342;
constexpr uint64_t kZfs = 0x2fc12fc1;
constexpr uint64_t kGpfs = 0x47504653;
constexpr uint64_t kLustre = 0x0bd00bd0;

constexpr FileSystem kFileSystems[] = {{EXT4_SUPER_MAGIC, "ext4"},
                                       {BTRFS_SUPER_MAGIC, "btrfs"},
                                       {TMPFS_MAGIC, "tmpfs"},
                                       {OVERLAYFS_SUPER_MAGIC, "overlay"},
                                       {NFS_SUPER_MAGIC, "nfs"},
                                       {F2FS_SUPER_MAGIC, "f2fs"},
                                       {FUSE_SUPER_MAGIC, "fuse"},
                                       {CEPH_SUPER_MAGIC, "ceph"},
                                       {SMB2_SUPER_MAGIC, "smb"},
                                       {CIFS_SUPER_MAGIC, "cifs"},
                                       {kXfs, "xfs"},
                                       {kZfs, "zfs"},
                                       {kGpfs, "gpfs"},
                                       {kLustre, "lustre"}};

}  // namespace

std::string go_architecture() {
  return registry::host_platform().architecture;
}

std::string first_line_of(const std::string& program) {
  sys::Program asked{
      .path = program, .args = {program, "--version"}, .env = containers::own_environment()};
  const Result<std::string> text = sys::capture_program(std::move(asked));
  if (!text || text->empty()) return program;
  return std::string(bundle::split_pair(*text, '\n').first);
}

std::string os_release(const std::string& key) {
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/etc/os-release", kMostText);
  std::string value =
      text ? bundle::find_variable(bundle::split(*text, '\n'), key).value_or("") : "";
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return value;
}

std::string file_system_name(const std::string& path) {
  const Result<uint64_t> magic = sys::file_system_type(path.c_str());
  if (!magic) return "unknown";
  for (const FileSystem& each : kFileSystems) {
    if (each.magic == *magic) return each.name;
  }
  return fmt::format("{:#x}", *magic);
}

uint64_t memory_info(const std::string& key) {
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/proc/meminfo", kMostText);
  if (!text) return 0;
  for (const std::string& line : bundle::split(*text, '\n')) {
    const auto [name, value] = bundle::split_pair(line, ':');
    if (name != key) continue;
    std::string number(value.substr(std::min(value.find_first_not_of(' '), value.size())));
    number = number.substr(0, number.find(' '));
    constexpr int64_t kPerKilobyte = 1024;
    return static_cast<uint64_t>(bundle::parse_number(number).value_or(0) * kPerKilobyte);
  }
  return 0;
}

}  // namespace ocirt::frontend
