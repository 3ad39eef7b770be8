// Decides which devices and links /dev has. Pure.
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/plan/names.h"
#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr int kCapMknod = 27;

struct DefaultDevice {
  std::string_view path;
  uint32_t major;
  uint32_t minor;
};

/// config-linux.md#default-devices; /dev/console is made with the terminal, /dev/ptmx is a link.
constexpr DefaultDevice kDefaultDevices[] = {
    {"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0},
};

struct Link {
  std::string_view path;
  std::string_view target;
  bool replace;
};

/// runtime-linux.md#dev-symbolic-links; /dev/core as runc and crun make it.
constexpr Link kLinks[] = {
    {"/dev/ptmx", "pts/ptmx", true},  // an image's own would be the host's terminals
    {"/dev/fd", "/proc/self/fd", false},       {"/dev/stdin", "/proc/self/fd/0", false},
    {"/dev/stdout", "/proc/self/fd/1", false}, {"/dev/stderr", "/proc/self/fd/2", false},
    {"/dev/core", "/proc/kcore", false},
};

/// Device nodes can only be made with CAP_MKNOD in the host's first user namespace.
bool can_make_nodes(const RootfsContext& context) {
  return !is_in_user_namespace(context) &&
         has_capability(context.host.effective_capabilities, kCapMknod);
}

constexpr NamedValue kDeviceTypes[] = {
    {"c", S_IFCHR}, {"u", S_IFCHR}, {"b", S_IFBLK}, {"p", S_IFIFO}};

MakeDevice read_device(const RootfsDraft& draft, const spec::Device& device) {
  MakeDevice made;
  made.path = clean_container_path(device.path);
  made.type = static_cast<uint32_t>(value_of(kDeviceTypes, device.type));
  if (made.type != S_IFIFO) {
    made.major = static_cast<uint32_t>(device.major.value_or(0));
    made.minor = static_cast<uint32_t>(device.minor.value_or(0));
    made.bind_from_host = !can_make_nodes(draft.context);
  }
  made.mode = device.file_mode.value_or(0666) & 07777;
  made.uid = device.uid.value_or(0);
  made.gid = device.gid.value_or(0);
  made.opened_by = draft.opened_by;
  return made;
}

/// Something is mounted exactly there.
bool is_mount_point(const spec::Config& config, std::string_view path) {
  return std::any_of(config.mounts.begin(), config.mounts.end(), [path](const spec::Mount& mount) {
    return clean_container_path(mount.destination).text == path;
  });
}

/// /dev is the host's: whatever is made in it is made for the host.
bool is_dev_bound(const spec::Config& config) {
  return std::any_of(config.mounts.begin(), config.mounts.end(), [](const spec::Mount& mount) {
    if (clean_container_path(mount.destination).text != "/dev") return false;
    const std::string type = mount.type.value_or("");
    return read_mount_options(mount.options).bind || type == "bind" || type == "rbind";
  });
}

}  // namespace

void add_devices(RootfsDraft& draft) {
  const spec::Config& config = draft.context.config;
  if (is_dev_bound(config)) return;

  std::vector<MakeDevice> devices;
  for (const spec::Device& asked : config.linux_->devices) {
    MakeDevice device = read_device(draft, asked);
    // The link to the container's own terminals stands for it.
    if (device.path.text != "/dev/ptmx") devices.push_back(std::move(device));
  }
  const auto is_taken = [&](std::string_view path) {
    return is_mount_point(config, path) ||
           std::any_of(devices.begin(), devices.end(),
                       [path](const MakeDevice& device) { return device.path.text == path; });
  };
  std::vector<MakeDevice> defaults;
  for (const DefaultDevice& device : kDefaultDevices) {
    if (is_taken(device.path)) continue;
    defaults.push_back({.path = {std::string(device.path)},
                        .type = S_IFCHR,
                        .major = device.major,
                        .minor = device.minor,
                        .mode = 0666,
                        .uid = 0,
                        .gid = 0,
                        .bind_from_host = !can_make_nodes(draft.context),
                        .opened_by = draft.opened_by});
  }
  std::move(defaults.begin(), defaults.end(), std::back_inserter(draft.operations));
  std::move(devices.begin(), devices.end(), std::back_inserter(draft.operations));
  for (const Link& link : kLinks) {
    if (is_mount_point(config, link.path)) continue;
    draft.operations.emplace_back(MakeSymlink{.path = {std::string(link.path)},
                                              .target = std::string(link.target),
                                              .replace = link.replace});
  }
}

}  // namespace ocirt::plan
