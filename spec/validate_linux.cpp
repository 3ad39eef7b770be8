// Checks the Linux part of a Config, apart from what has a file of its own. Pure.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "spec/findings.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

constexpr auto kDeviceTypes = std::to_array<std::string_view>({"c", "b", "u", "p"});

// The spec has the first four; engines send the recursive forms, as all runtimes take them.
constexpr auto kPropagations = std::to_array<std::string_view>({
    "shared",
    "slave",
    "private",
    "unbindable",
    "rshared",
    "rslave",
    "rprivate",
    "runbindable",
});

constexpr auto kPolicyModes = std::to_array<std::string_view>({
    "MPOL_DEFAULT",
    "MPOL_BIND",
    "MPOL_INTERLEAVE",
    "MPOL_WEIGHTED_INTERLEAVE",
    "MPOL_PREFERRED",
    "MPOL_PREFERRED_MANY",
    "MPOL_LOCAL",
});

constexpr auto kPolicyFlags = std::to_array<std::string_view>({
    "MPOL_F_NUMA_BALANCING",
    "MPOL_F_RELATIVE_NODES",
    "MPOL_F_STATIC_NODES",
});

constexpr auto kDomains = std::to_array<std::string_view>({"LINUX", "LINUX32"});

constexpr int64_t kMaxMajor = (1 << 12) - 1;  // of a dev_t in the kernel (kdev_t.h)
constexpr int64_t kMaxMinor = (1 << 20) - 1;

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

void check_device(Checker& check, const Where& where, const Device& device) {
  check.check_known(where.at("type"), device.type, kDeviceTypes);
  check.check_absolute(where.at("path"), device.path);
  if (device.type == "p") return;  // a fifo has no numbers, and what is given for it means nothing
  if (!device.major) {
    check.report(where.at("major"), "is required unless the type is \"p\"");
  } else {
    check.check_range(where.at("major"), *device.major, 0, kMaxMajor);
  }
  if (!device.minor) {
    check.report(where.at("minor"), "is required unless the type is \"p\"");
  } else {
    check.check_range(where.at("minor"), *device.minor, 0, kMaxMinor);
  }
  // Engines send the bits of the type along (020666), so they are not wrong.
  if (device.file_mode) check.check_range(where.at("fileMode"), *device.file_mode, 0, 0177777);
}

void check_net_devices(Checker& check, const Where& where,
                       const std::map<std::string, NetDevice>& devices,
                       const Namespaces& namespaces) {
  if (devices.empty()) return;
  if (!namespaces.has("network")) {
    check.report(where, "needs a network namespace in /linux/namespaces to move them to");
  }
  std::set<std::string> names_inside;
  for (const auto& [name, device] : devices) {
    const Where entry = where.at(name);
    check.check_interface_name(entry, name);
    if (is_given(device.name)) check.check_interface_name(entry.at("name"), *device.name);
    const std::string& inside = is_given(device.name) ? *device.name : name;
    const size_t percent = inside.find('%');
    if (percent == std::string::npos) {
      if (!names_inside.insert(inside).second) {
        check.report(entry, "two devices would be called " + quoted(inside) + " in the container");
      }
    } else if (inside.substr(percent) != "%d") {
      check.report(entry, "may have a \"%\" only in a \"%d\" at the end, is " + quoted(inside));
    }
  }
}

void check_intel_rdt(Checker& check, const Where& where, const IntelRdt& rdt) {
  if (is_given(rdt.clos_id)) {
    const std::string& id = *rdt.clos_id;
    // "/" alone is the default class.
    const bool has_slash = id.size() > 1 && id.find('/') != std::string::npos;
    if (id == "." || id == ".." || has_slash) {
      check.report(where.at("closID"), "must be the name of a directory, is " + quoted(id));
    }
    check.check_one_line(where.at("closID"), id);
  }
  const Where schemata = where.at("schemata");
  for (size_t i = 0; i < rdt.schemata.size(); i++) {
    check.check_one_line(schemata.at(i), rdt.schemata[i]);
  }
  if (is_given(rdt.l3_cache_schema)) {
    check.check_one_line(where.at("l3CacheSchema"), *rdt.l3_cache_schema);
  }
  if (is_given(rdt.mem_bw_schema)) {
    if (!rdt.mem_bw_schema->starts_with("MB:")) {
      check.report(where.at("memBwSchema"),
                   "must start with MB:, is " + quoted(*rdt.mem_bw_schema));
    }
    check.check_one_line(where.at("memBwSchema"), *rdt.mem_bw_schema);
  }
}

void check_memory_policy(Checker& check, const Where& where, const MemoryPolicy& policy) {
  const Where nodes = where.at("nodes");
  check.check_known(where.at("mode"), policy.mode, kPolicyModes);
  if (!policy.nodes.empty()) check.check_number_list(nodes, policy.nodes);

  const bool takes_none = policy.mode == "MPOL_DEFAULT" || policy.mode == "MPOL_LOCAL";
  if (takes_none && !policy.nodes.empty()) {
    check.report(nodes, "must be empty for " + policy.mode + ", is " + quoted(policy.nodes));
  }
  const bool may_be_empty = takes_none || policy.mode == "MPOL_PREFERRED";
  if (!may_be_empty && policy.nodes.empty()) {
    check.report(nodes, "must name at least one node for " + policy.mode);
  }
  check.check_all_known(where.at("flags"), policy.flags, kPolicyFlags);
  if (contains(policy.flags, "MPOL_F_RELATIVE_NODES") &&
      contains(policy.flags, "MPOL_F_STATIC_NODES")) {
    check.report(where.at("flags"),
                 "must not have both MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES");
  }
}

void check_hidden_paths(Checker& check, const Where& where, const std::vector<std::string>& paths,
                        const Namespaces& namespaces) {
  for (size_t i = 0; i < paths.size(); i++) check.check_absolute(where.at(i), paths[i]);
  if (!paths.empty() && !namespaces.has("mount")) {
    check.report(where, "needs a mount namespace in /linux/namespaces: it would change the host");
  }
}

void check_personality(Checker& check, const Where& where, const Personality& personality) {
  check.check_known(where.at("domain"), personality.domain, kDomains);
  if (!personality.flags.empty()) {
    check.report(where.at("flags"),
                 "must be empty, as no flag is defined; has " + quoted(personality.flags[0]));
  }
}

}  // namespace

void check_linux(Checker& check, const Where& where, const Config& config) {
  const Linux& linux_ = *config.linux_;
  const Namespaces namespaces(config);
  check_namespaces(check, where, config);
  const Where devices = where.at("devices", "config-linux.md#devices");
  for (size_t i = 0; i < linux_.devices.size(); i++) {
    check_device(check, devices.at(i), linux_.devices[i]);
  }
  check_net_devices(check, where.at("netDevices", "config-linux.md#network-devices"),
                    linux_.net_devices, namespaces);
  if (linux_.cgroups_path && has_parent_step(*linux_.cgroups_path)) {
    check.report(where.at("cgroupsPath", "config-linux.md#cgroups-path"),
                 "must not have \"..\" in it, is " + quoted(*linux_.cgroups_path));
  }
  if (is_given(linux_.rootfs_propagation)) {
    check.check_known(where.at("rootfsPropagation", "config-linux.md#rootfs-mount-propagation"),
                      *linux_.rootfs_propagation, kPropagations);
  }
  if (linux_.resources) {
    check_resources(check, where.at("resources", "config-linux.md#control-groups"),
                    *linux_.resources);
  }
  if (linux_.intel_rdt) {
    check_intel_rdt(check, where.at("intelRdt", "config-linux.md#intelrdt"), *linux_.intel_rdt);
  }
  if (linux_.memory_policy) {
    check_memory_policy(check, where.at("memoryPolicy", "config-linux.md#memory-policy"),
                        *linux_.memory_policy);
  }
  check_sysctl(check, where.at("sysctl", "config-linux.md#sysctl"), config);
  if (linux_.seccomp) {
    check_seccomp(check, where.at("seccomp", "config-linux.md#seccomp"), config);
  }
  check_hidden_paths(check, where.at("maskedPaths", "config-linux.md#masked-paths"),
                     linux_.masked_paths, namespaces);
  check_hidden_paths(check, where.at("readonlyPaths", "config-linux.md#readonly-paths"),
                     linux_.readonly_paths, namespaces);
  if (linux_.personality) {
    check_personality(check, where.at("personality", "config-linux.md#personality"),
                      *linux_.personality);
  }
}

}  // namespace ocirt::spec
