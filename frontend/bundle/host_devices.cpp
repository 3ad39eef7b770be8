// Device nodes of the host.
#include "frontend/bundle/host_devices.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

HostNode node_of(const std::string& path, const struct stat& info) {
  return {.path = path,
          .type = S_ISBLK(info.st_mode) ? 'b' : 'c',
          .major = major(info.st_rdev),
          .minor = minor(info.st_rdev),
          .mode = info.st_mode,
          .uid = info.st_uid,
          .gid = info.st_gid};
}

bool is_node(const struct stat& info) {
  return S_ISBLK(info.st_mode) || S_ISCHR(info.st_mode);
}

// The container has its own of these.
bool is_left_out(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "pts", "shm",  "fd",   "mqueue", "console", "ptmx",
      "tty", "null", "zero", "full",   "random",  "urandom"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  const bool is_virtual_console =
      name.starts_with("tty") && name.size() > 3 &&
      name.substr(3).find_first_not_of("0123456789") == std::string_view::npos;
  return is_virtual_console || name.starts_with('.');
}

void add_below(const std::string& directory, bool all, int depth, std::vector<HostNode>& nodes) {
  constexpr int kDeepest = 8;
  DIR* stream = depth < kDeepest ? ::opendir(directory.c_str()) : nullptr;
  if (stream == nullptr) return;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || (!all && is_left_out(name))) continue;
    struct stat info = {};
    if (::fstatat(::dirfd(stream), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const std::string path = directory + '/' + entry->d_name;
    if (is_node(info)) nodes.push_back(node_of(path, info));
    if (S_ISDIR(info.st_mode)) add_below(path, all, depth + 1, nodes);
  }
  (void)::closedir(stream);
}

void sort(std::vector<HostNode>& nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [](const HostNode& a, const HostNode& b) { return a.path < b.path; });
}

}  // namespace

Result<std::vector<HostNode>> find_nodes(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return system_error(errno, fmt::format("device {}", path));
  std::vector<HostNode> nodes;
  if (is_node(info)) {
    nodes.push_back(node_of(path, info));
  } else if (S_ISDIR(info.st_mode)) {
    add_below(path, true, 0, nodes);
    sort(nodes);
  }
  if (!nodes.empty()) return nodes;
  return make_error(ErrorKind::InvalidConfig, fmt::format("device {}: it is no device", path));
}

Result<std::map<std::string, std::vector<HostNode>>> find_limited_devices(
    const model::RequestedResources& asked) {
  std::map<std::string, std::vector<HostNode>> devices;
  for (const auto* rates : {&asked.device_read_bps, &asked.device_write_bps,
                            &asked.device_read_iops, &asked.device_write_iops}) {
    for (const std::string& text : *rates) {
      const std::string path(split_pair(text, ':').first);
      devices[path] = TRY(find_nodes(path));
    }
  }
  return devices;
}

std::vector<HostNode> all_nodes() {
  std::vector<HostNode> nodes;
  add_below("/dev", false, 0, nodes);
  sort(nodes);
  return nodes;
}

}  // namespace ocirt::bundle
