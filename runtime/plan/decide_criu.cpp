// Decides what of a container is not CRIU's to dump or to make. Pure.
#include "runtime/plan/decide_criu.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <set>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kNullDevice = "/dev/null";

constexpr std::array<ExternalNamespace, 2> kExternalNamespaces = {{
    {.type = "net", .name = "extRootNetNS", .clone_flag = CLONE_NEWNET},
    {.type = "pid", .name = "extRootPidNS", .clone_flag = CLONE_NEWPID},
}};

// File systems of which there is one for each namespace, however often it is mounted: that the host
// has it too says nothing. CRIU mounts them anew.
bool is_view_of_namespace(const MountedTree& mount, bool has_cgroup_namespace) {
  if (mount.type == "cgroup" || mount.type == "cgroup2") return has_cgroup_namespace;
  return mount.type == "sysfs" || mount.type == "mqueue";
}

// A file that is masked is covered by the host's null device.
bool is_mask(const MountedTree& mount) {
  return mount.root == "/null" && (mount.type == "devtmpfs" || mount.type == "tmpfs");
}

}  // namespace

std::vector<CriuExternalMount> external_mounts(std::span<const MountedTree> of_container,
                                               std::span<const MountedTree> of_host,
                                               bool has_cgroup_namespace) {
  std::set<std::string_view> devices_of_host;
  for (const MountedTree& mount : of_host) devices_of_host.insert(mount.device);
  std::vector<CriuExternalMount> external;
  for (const MountedTree& mount : of_container) {
    if (mount.mount_point == "/" || !devices_of_host.contains(mount.device)) continue;
    if (is_view_of_namespace(mount, has_cgroup_namespace)) continue;
    external.push_back({.name = mount.mount_point,
                        .value = is_mask(mount) ? std::string(kNullDevice) : mount.mount_point});
  }
  return external;
}

std::vector<CriuExternalMount> sources_of_mounts(const RootfsPlan& plan,
                                                 std::span<const MountedTree> of_host) {
  std::vector<CriuExternalMount> sources;
  for (const RootfsOperation& operation : plan.operations) {
    if (const auto* device = std::get_if<MakeDevice>(&operation);
        device && device->bind_from_host) {
      sources.push_back({.name = device->path.text, .value = device->path.text});
    }
    const auto* bind = std::get_if<BindMount>(&operation);
    if (bind == nullptr) continue;
    const std::string& source = bind->source.text;
    const std::string& destination = bind->destination.text;
    sources.push_back({.name = destination, .value = source});
    if (!bind->recursive) continue;
    for (const MountedTree& mount : of_host) {
      if (mount.mount_point == source || !is_at_or_below(mount.mount_point, source)) continue;
      const std::string rest = mount.mount_point.substr(source == "/" ? 0 : source.size());
      sources.push_back(
          {.name = destination == "/" ? rest : destination + rest, .value = mount.mount_point});
    }
  }
  sources.push_back({.name = std::string(kNullDevice), .value = std::string(kNullDevice)});
  return sources;
}

std::span<const ExternalNamespace> external_namespaces() {
  return kExternalNamespaces;
}

std::vector<CriuJoinedNamespace> namespaces_for_criu(const NamespacePlan& plan) {
  struct NamedByCriu {
    uint64_t clone_flag;
    const char* name;
  };
  constexpr std::array<NamedByCriu, 5> kNames = {{{CLONE_NEWNS, "mnt"},
                                                  {CLONE_NEWIPC, "ipc"},
                                                  {CLONE_NEWUTS, "uts"},
                                                  {CLONE_NEWUSER, "user"},
                                                  {CLONE_NEWTIME, "time"}}};
  std::vector<CriuJoinedNamespace> joined;
  for (const JoinedNamespace& asked : plan.joined) {
    for (const NamedByCriu& known : kNames) {
      if (asked.clone_flag == known.clone_flag) {
        joined.push_back({.type = known.name, .path = asked.path.text});
      }
    }
  }
  return joined;
}

std::vector<CriuCgroupRoot> cgroup_roots(std::span<const CgroupDirectory> directories) {
  std::vector<CriuCgroupRoot> roots;
  for (const CgroupDirectory& directory : directories) {
    if (directory.v2) roots.push_back({.controller = "", .path = directory.path});
    for (const std::string& controller : directory.controllers) {
      if (!directory.v2) roots.push_back({.controller = controller, .path = directory.path});
    }
  }
  return roots;
}

std::string freezer_of(std::span<const CgroupDirectory> directories) {
  const auto path = [](const CgroupDirectory& directory) {
    return directory.mount_point.text + directory.path;
  };
  // As pause does: CRIU has to see that a container is paused.
  for (const CgroupDirectory& directory : directories) {
    if (directory.v2) return path(directory);
  }
  for (const CgroupDirectory& directory : directories) {
    const std::vector<std::string>& controllers = directory.controllers;
    if (std::find(controllers.begin(), controllers.end(), "freezer") != controllers.end()) {
      return path(directory);
    }
  }
  return {};
}

std::string criu_config_file(const std::map<std::string, std::string>& annotations,
                             std::string_view standard) {
  const auto named = annotations.find("org.criu.config");
  return named == annotations.end() ? std::string(standard) : named->second;
}

}  // namespace ocirt::plan
