// Decides what is done for each entry of `mounts`. Pure.
#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/plan/names.h"
#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kSection = "config.md#mounts";

/// An entry of `mounts`, read.
struct Entry {
  std::string pointer;
  ContainerPath destination;
  std::string type;
  std::string source;
  MountOptions options;
  std::optional<MountIdMap> id_map;
};

bool is_bind(const Entry& entry) {
  return entry.options.bind || entry.type == "bind" || entry.type == "rbind";
}

/// Names nothing to mount: "remount", or options alone.
bool is_change(const Entry& entry) {
  const bool has_type = !entry.type.empty() && entry.type != "none";
  return entry.options.remount || (!is_bind(entry) && !has_type && entry.source.empty());
}

Result<> check_proc(const Entry& entry) {
  // What lxcfs puts in the place of kernel files; anything else there could forge what runtimes
  // trust in /proc (CVE-2019-16884).
  constexpr std::array<std::string_view, 11> kReplaceable = {
      "/proc/cpuinfo",
      "/proc/diskstats",
      "/proc/meminfo",
      "/proc/stat",
      "/proc/swaps",
      "/proc/uptime",
      "/proc/loadavg",
      "/proc/slabinfo",
      "/proc/net/dev",
      "/proc/sys/kernel/ns_last_pid",
      "/proc/sys/crypto/fips_enabled",
  };
  const std::string& path = entry.destination.text;
  if (!is_at_or_below(path, "/proc") || is_change(entry)) return {};
  if (path == "/proc") {
    const bool binds_proc = is_bind(entry) && clean_container_path(entry.source).text == "/proc" &&
                            entry.source.starts_with('/');
    if (binds_proc || (!is_bind(entry) && entry.type == "proc")) return {};
    return config_error(ErrorKind::InvalidConfig, entry.pointer,
                        "only a file system of type \"proc\" may be mounted on /proc", kSection);
  }
  if (std::find(kReplaceable.begin(), kReplaceable.end(), path) != kReplaceable.end()) return {};
  return config_error(ErrorKind::InvalidConfig, entry.pointer,
                      quoted(path) + " cannot be mounted on, it is inside /proc", kSection);
}

/// The kernel ignores these for a bind, so asking for them is a mistake.
Result<> check_bind(const Entry& entry) {
  std::string extra;
  if (!entry.options.data.empty()) extra = entry.options.data.front().key;
  if (!entry.options.filesystem_flags.empty()) extra = entry.options.filesystem_flags.front();
  if (!extra.empty()) {
    return config_error(ErrorKind::InvalidConfig, entry.pointer + "/options",
                        quoted(extra) + " has no effect on a bind of " + quoted(entry.source),
                        kSection);
  }
  return {};
}

void add_bind(RootfsDraft& draft, const Entry& entry) {
  BindMount bind;
  bind.destination = entry.destination;
  bind.source = absolute_host_path(draft.context.options.bundle, entry.source);
  bind.recursive = entry.options.recursive || entry.type == "rbind";
  bind.opened_by = draft.opened_by;
  bind.attributes = entry.options.attributes;
  // Engines send "rw" with every volume; it must not make a read-only source writable.
  bind.attributes.clear &= ~uint64_t{MOUNT_ATTR_RDONLY};
  bind.recursive_attributes = entry.options.recursive_attributes;
  bind.propagation = propagation_of_bind(draft, entry.options.propagation);
  bind.source_nofollow = entry.options.source_nofollow;
  bind.destination_nofollow = entry.options.destination_nofollow;
  bind.copy_symlink = entry.options.copy_symlink;
  bind.source_is_procfs = entry.destination.text == "/proc";
  bind.id_map = entry.id_map;
  // A user's own cgroups are mounted below /sys, and stay writable unless told (CVE-2023-25809).
  const bool is_readonly = (bind.attributes.set & MOUNT_ATTR_RDONLY) != 0;
  if (is_readonly && bind.recursive && is_in_user_namespace(draft.context) &&
      is_at_or_below(clean_container_path(bind.source.text).text, "/sys")) {
    bind.recursive_attributes.set |= MOUNT_ATTR_RDONLY;
  }
  draft.operations.emplace_back(std::move(bind));
}

/// The host's instance instead of a new one, which needs rights that are missing.
void add_bind_of_host(RootfsDraft& draft, Entry entry, std::string_view source) {
  entry.source = source;
  entry.options.recursive = true;  // what is mounted on it is locked to it (mount_namespaces(7))
  add_bind(draft, entry);
}

Result<> add_change(RootfsDraft& draft, const Entry& entry) {
  if (!entry.options.data.empty() || !entry.options.filesystem_flags.empty()) {
    return config_error(
        ErrorKind::Unsupported, entry.pointer + "/options",
        "only attributes of the mount can be changed by \"remount\", nothing of its "
        "file system",
        kSection);
  }
  draft.operations.emplace_back(
      ChangeMount{.destination = entry.destination,
                  .attributes = entry.options.attributes,
                  .recursive_attributes = entry.options.recursive_attributes,
                  .propagation = entry.options.propagation});
  return {};
}

/// gid= only works for a group that exists in the container's user namespace.
void drop_unmapped_gid(RootfsDraft& draft, const Entry& entry,
                       std::vector<FilesystemOption>& options) {
  const RootfsContext& context = draft.context;
  if (use_of(context.config, CLONE_NEWUSER) == NamespaceUse::Joined) return;  // unknown
  if (!is_in_user_namespace(context)) return;
  const std::vector<spec::IdMapping>& map =
      context.ids.method == IdMapMethod::None ? context.host.own_gid_map : context.ids.gids;
  std::erase_if(options, [&](const FilesystemOption& option) {
    uint64_t gid = 0;
    if (option.key != "gid" || !parse_number(option.value.value_or(""), gid)) return false;
    const bool is_mapped = std::any_of(map.begin(), map.end(), [gid](const spec::IdMapping& range) {
      return gid >= range.container_id && gid - range.container_id < range.size;
    });
    if (!is_mapped) {
      draft.warnings.push_back(entry.pointer + ": gid=" + std::to_string(gid) +
                               " is left out, this group is not mapped");
    }
    return !is_mapped;
  });
}

/// Adds the SELinux label as an option, where the file system takes one.
void add_label(const RootfsDraft& draft, const Entry& entry,
               std::vector<FilesystemOption>& options) {
  constexpr std::array<std::string_view, 3> kUnlabelled = {"proc", "sysfs", "mqueue"};
  const spec::Config& config = draft.context.config;
  const std::string label = config.linux_->mount_label.value_or("");
  if (label.empty()) return;
  if (std::find(kUnlabelled.begin(), kUnlabelled.end(), entry.type) != kUnlabelled.end()) return;
  const std::string* kind = find_annotation(config, "run.oci.mount_context_type");
  options.push_back({.key = kind != nullptr ? *kind : "context", .value = label});
}

void add_filesystem(RootfsDraft& draft, Entry entry) {
  MountFilesystem mount;
  mount.destination = entry.destination;
  mount.type = entry.type;
  mount.source = entry.source;
  mount.options = std::move(entry.options.data);
  for (const std::string_view flag : entry.options.filesystem_flags) {
    mount.options.push_back({.key = std::string(flag), .value = std::nullopt});
  }
  mount.attributes = attributes_of_new_mount(entry.options);
  mount.propagation = entry.options.propagation;
  mount.needs_plain_directory = entry.type == "proc" || entry.type == "sysfs";
  mount.copy_up = entry.options.copy_up;
  mount.id_map = std::move(entry.id_map);
  if (entry.type == "devpts") drop_unmapped_gid(draft, entry, mount.options);
  add_label(draft, entry, mount.options);
  mount.keep_mode =
      entry.type == "tmpfs" &&
      std::none_of(mount.options.begin(), mount.options.end(),
                   [](const FilesystemOption& option) { return option.key == "mode"; });

  const bool is_readonly = (mount.attributes.set & MOUNT_ATTR_RDONLY) != 0;
  if (is_readonly && (entry.type == "tmpfs" || entry.destination.text == "/dev")) {
    // Mount points, devices and links have yet to be made in it.
    mount.attributes.set &= ~uint64_t{MOUNT_ATTR_RDONLY};
    draft.last_operations.emplace_back(ChangeMount{.destination = entry.destination,
                                                   .attributes = {.set = MOUNT_ATTR_RDONLY},
                                                   .recursive_attributes = {},
                                                   .propagation = {}});
  } else if (is_readonly && entry.source.starts_with("/dev/")) {
    // A block device that can't be written refuses a superblock that could.
    mount.options.push_back({.key = "ro", .value = std::nullopt});
  }
  draft.operations.emplace_back(std::move(mount));
}

/// File systems that show a namespace, and where the host has them mounted.
struct NamespaceView {
  std::string_view type;
  uint64_t clone_flag;
  std::string_view host_path;
};

constexpr NamespaceView kNamespaceViews[] = {
    {"proc", CLONE_NEWPID, "/proc"},
    {"sysfs", CLONE_NEWNET, "/sys"},
    {"mqueue", CLONE_NEWIPC, "/dev/mqueue"},
};

/// The kernel takes an id map only from whoever rules over both user namespaces, the map's and the
/// file system's; and only before anybody sees the mount.
Result<> check_id_map(const RootfsDraft& draft, const Entry& entry) {
  if (!entry.id_map) return {};
  const bool is_cgroup = !is_bind(entry) && (entry.type == "cgroup" || entry.type == "cgroup2");
  if (is_change(entry) || is_cgroup) {
    return config_error(ErrorKind::InvalidConfig, entry.pointer,
                        "ids can be mapped only of a bind or a new file system", kSection);
  }
  if (is_bind(entry)) return {};
  if (use_of(draft.context.config, CLONE_NEWUSER) == NamespaceUse::Inherited) return {};
  return config_error(ErrorKind::Unsupported, entry.pointer,
                      "in a container with a user namespace of its own, ids can be mapped only of "
                      "a bind",
                      kSection);
}

Result<Entry> read_entry(const RootfsDraft& draft, size_t index) {
  const spec::Mount& mount = draft.context.config.mounts[index];
  Entry entry{.pointer = pointer_to("/mounts", index),
              .destination = clean_container_path(mount.destination),
              .type = mount.type.value_or(""),
              .source = mount.source.value_or(""),
              .options = read_mount_options(mount.options),
              .id_map = std::nullopt};
  entry.id_map = TRY(decide_mount_ids(draft, index, entry.options));
  TRY(check_id_map(draft, entry));
  return entry;
}

}  // namespace

Result<> add_mount(RootfsDraft& draft, size_t index) {
  Entry entry = TRY(read_entry(draft, index));
  TRY(check_proc(entry));
  if (is_change(entry)) return add_change(draft, entry);
  if (is_bind(entry)) {
    TRY(check_bind(entry));
    add_bind(draft, entry);
    return {};
  }
  if (entry.type.empty() || entry.type == "none") {
    return config_error(ErrorKind::InvalidConfig, entry.pointer + "/type",
                        "is needed, unless the options have \"bind\" or \"rbind\"", kSection);
  }
  if (entry.type == "cgroup" || entry.type == "cgroup2") {
    add_cgroup_mount(draft, entry.destination, entry.type == "cgroup2", entry.options);
    return {};
  }
  for (const NamespaceView& view : kNamespaceViews) {
    if (entry.type != view.type || has_rights_over(draft.context, view.clone_flag)) continue;
    add_bind_of_host(draft, std::move(entry), view.host_path);
    return {};
  }
  add_filesystem(draft, std::move(entry));
  return {};
}

}  // namespace ocirt::plan
