// Decides what a mount of type "cgroup" stands for on this host, in plain operations. Pure.
#include <sys/mount.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/plan/names.h"
#include "runtime/plan/rootfs_sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr uint64_t kUsualAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/// The host's directory of the container's cgroup in `hierarchy`.
HostPath cgroup_directory(const CgroupPlan& cgroup, const CgroupHierarchy& hierarchy) {
  std::string path = hierarchy.own_path;
  for (const CgroupDirectory& directory : cgroup.directories) {
    if (directory.mount_point == hierarchy.mount_point) path = directory.path;
  }
  if (path == "/") path.clear();
  return {hierarchy.mount_point.text + path};
}

/// Could the container mount the host's cgroups by itself, as a privileged one can? Any other must
/// not write them: not its own, as a user without rights could (CVE-2023-25809), nor all others.
bool may_write_cgroups(const RootfsContext& context) {
  if (!is_privileged(context.host) || is_in_user_namespace(context)) return false;
  const std::optional<spec::Capabilities>& asked = context.config.process->capabilities;
  return asked && std::find(asked->bounding.begin(), asked->bounding.end(), "CAP_SYS_ADMIN") !=
                      asked->bounding.end();
}

/// Binds a directory of the host's cgroups, for a container in the host's cgroup namespace.
void add_bind(RootfsDraft& draft, ContainerPath destination, HostPath source,
              const MountOptions& options) {
  BindMount bind;
  bind.destination = std::move(destination);
  bind.source = std::move(source);
  // Not recursive: whatever may be mounted below it stays out.
  // systemd makes the container's cgroup while init is already at work.
  bind.opened_by = draft.context.cgroup.unit ? OpenedBy::Init : draft.opened_by;
  bind.attributes.set = attributes_of_new_mount(options).set;
  bind.attributes.clear = options.attributes.clear & ~uint64_t{MOUNT_ATTR_RDONLY};
  if (!may_write_cgroups(draft.context)) bind.attributes.set |= MOUNT_ATTR_RDONLY;
  bind.propagation = propagation_of_bind(draft, options.propagation);
  draft.operations.emplace_back(std::move(bind));
}

bool sees_hosts_cgroups(const RootfsDraft& draft) {
  return use_of(draft.context.config, CLONE_NEWCGROUP) == NamespaceUse::Inherited;
}

void add_v2(RootfsDraft& draft, const ContainerPath& destination, const MountOptions& options) {
  draft.operations.emplace_back(MountFilesystem{.destination = destination,
                                                .type = "cgroup2",
                                                .source = "cgroup",
                                                .options = options.data,
                                                .attributes = attributes_of_new_mount(options),
                                                .recursive_attributes = {},
                                                .propagation = options.propagation});
}

void add_v1(RootfsDraft& draft, const ContainerPath& destination, const CgroupHierarchy& hierarchy,
            const MountOptions& options) {
  MountFilesystem mount{.destination = destination, .type = "cgroup", .source = "cgroup"};
  for (const std::string& controller : hierarchy.controllers) {
    const size_t equals = controller.find('=');  // "name=systemd"
    if (equals == std::string::npos) {
      mount.options.push_back({.key = controller, .value = std::nullopt});
    } else {
      mount.options.push_back(
          {.key = controller.substr(0, equals), .value = controller.substr(equals + 1)});
    }
  }
  mount.attributes = attributes_of_new_mount(options);
  mount.attributes.set |= kUsualAttributes;
  mount.propagation = options.propagation;
  draft.operations.emplace_back(std::move(mount));
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

ContainerPath below(const ContainerPath& folder, std::string_view name) {
  return {folder.text + "/" + std::string(name)};
}

/// Each hierarchy in a folder of its own, on a tmpfs, as hosts have them.
void add_v1_tree(RootfsDraft& draft, const ContainerPath& destination,
                 const MountOptions& options) {
  const CgroupFacts& facts = draft.context.host.cgroup;
  draft.operations.emplace_back(MountFilesystem{.destination = destination,
                                                .type = "tmpfs",
                                                .source = "tmpfs",
                                                .options = {{.key = "mode", .value = "755"}},
                                                .attributes = {.set = kUsualAttributes, .clear = 0},
                                                .recursive_attributes = {},
                                                .propagation = options.propagation});
  for (const CgroupHierarchy& hierarchy : facts.v1) {
    const std::string_view name = last_part(hierarchy.mount_point.text);
    if (sees_hosts_cgroups(draft)) {
      add_bind(draft, below(destination, name), cgroup_directory(draft.context.cgroup, hierarchy),
               options);
    } else {
      add_v1(draft, below(destination, name), hierarchy, options);
    }
  }
  if (facts.v2) {
    const std::string_view name = last_part(facts.v2->mount_point.text);
    MountOptions plain = options;
    plain.data.clear();
    plain.attributes.set |= kUsualAttributes;
    if (sees_hosts_cgroups(draft)) {
      add_bind(draft, below(destination, name), cgroup_directory(draft.context.cgroup, *facts.v2),
               plain);
    } else {
      add_v2(draft, below(destination, name), plain);
    }
  }
  // "cpu" leads to "cpu,cpuacct", which is how programs look a controller up.
  for (const CgroupHierarchy& hierarchy : facts.v1) {
    const std::string_view name = last_part(hierarchy.mount_point.text);
    if (name.find(',') == std::string_view::npos) continue;
    for (const std::string_view controller : split(name, ',')) {
      draft.operations.emplace_back(MakeSymlink{
          .path = below(destination, controller), .target = std::string(name), .replace = false});
    }
  }
  if ((attributes_of_new_mount(options).set & MOUNT_ATTR_RDONLY) == 0) return;
  draft.last_operations.emplace_back(ChangeMount{.destination = destination,
                                                 .attributes = {.set = MOUNT_ATTR_RDONLY},
                                                 .recursive_attributes = {},
                                                 .propagation = {}});
}

}  // namespace

void add_cgroup_mount(RootfsDraft& draft, const ContainerPath& destination, bool is_cgroup2,
                      const MountOptions& options) {
  const CgroupFacts& facts = draft.context.host.cgroup;
  if (facts.v2 && (is_cgroup2 || facts.layout == CgroupLayout::V2)) {
    if (!sees_hosts_cgroups(draft)) {
      add_v2(draft, destination, options);
      return;
    }
    // A privileged one gets the host's whole tree, which paths in /proc/self/cgroup are relative
    // to. It's a bind and never one more mount of cgroup2: in the host's cgroup namespace that
    // would take "nsdelegate" and its like from the host, and wait for RCU, for milliseconds.
    add_bind(draft, destination,
             may_write_cgroups(draft.context) ? facts.v2->mount_point
                                              : cgroup_directory(draft.context.cgroup, *facts.v2),
             options);
    return;
  }
  // With no cgroups on the host at all it stays an empty directory, as with runc.
  add_v1_tree(draft, destination, options);
}

}  // namespace ocirt::plan
