// Decides what a mount of type "cgroup" stands for on this host, in plain operations. Pure.
#include <sys/mount.h>

#include <algorithm>
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

/// Binds the container's cgroup, for a container that sees the host's cgroup namespace.
///
/// A user without rights over the host owns the cgroup it runs in, and could write it from inside,
/// so the bind is read-only all through, whatever is asked (CVE-2023-25809).
void add_bind(RootfsDraft& draft, ContainerPath destination, const CgroupHierarchy& hierarchy,
              const MountOptions& options) {
  BindMount bind;
  bind.destination = std::move(destination);
  bind.source = cgroup_directory(draft.context.cgroup, hierarchy);
  bind.recursive = true;
  bind.opened_by = draft.opened_by;
  bind.attributes = options.attributes;
  bind.attributes.clear &= ~uint64_t{MOUNT_ATTR_RDONLY};
  bind.recursive_attributes = options.recursive_attributes;
  const bool is_readonly = (attributes_of_new_mount(options).set & MOUNT_ATTR_RDONLY) != 0;
  const bool has_rights = is_privileged(draft.context.host) && !is_in_user_namespace(draft.context);
  if (is_readonly || !has_rights) {
    bind.recursive_attributes.set |= MOUNT_ATTR_RDONLY;
    bind.recursive_attributes.clear &= ~uint64_t{MOUNT_ATTR_RDONLY};
  }
  bind.propagation = propagation_of_bind(draft, options.propagation);
  draft.operations.emplace_back(std::move(bind));
}

void add_v2(RootfsDraft& draft, const ContainerPath& destination, const CgroupHierarchy& hierarchy,
            const MountOptions& options) {
  const bool has_namespace =
      use_of(draft.context.config, CLONE_NEWCGROUP) != NamespaceUse::Inherited;
  const bool has_rights = is_privileged(draft.context.host) && !is_in_user_namespace(draft.context);
  if (!has_namespace && !has_rights) {
    add_bind(draft, destination, hierarchy, options);
    return;
  }
  // Without a cgroup namespace this shows the host's whole tree, which is what paths in
  // /proc/self/cgroup are relative to.
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
  if (use_of(draft.context.config, CLONE_NEWCGROUP) == NamespaceUse::Inherited) {
    add_bind(draft, destination, hierarchy, options);
    return;
  }
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
    add_v1(draft, below(destination, name), hierarchy, options);
  }
  if (facts.v2) {
    const std::string_view name = last_part(facts.v2->mount_point.text);
    MountOptions plain = options;
    plain.data.clear();
    plain.attributes.set |= kUsualAttributes;
    add_v2(draft, below(destination, name), *facts.v2, plain);
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
    add_v2(draft, destination, *facts.v2, options);
    return;
  }
  // With no cgroups on the host at all it stays an empty directory, as with runc.
  add_v1_tree(draft, destination, options);
}

}  // namespace ocirt::plan
