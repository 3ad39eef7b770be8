// Decides the container's cgroups: where they are, what is written to them, which devices it may
// use. Pure.
#include "runtime/plan/cgroup.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/plan/cgroup_limits.h"
#include "runtime/plan/decide_unit.h"
#include "runtime/plan/device_filter.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

// What `podman stats` and its like read besides the files that every cgroup has.
constexpr std::string_view kAccounted[] = {"io", "memory", "pids"};

spec::Resources resources_of(const spec::Config& config) {
  return config.linux_ ? config.linux_->resources.value_or(spec::Resources{}) : spec::Resources{};
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// --- paths -------------------------------------------------------------------------------------

// "/a/b" for "a//b/./": one slash before each name. Nothing for a path that leaves its base.
std::optional<std::string> normalised(std::string_view path) {
  std::string result;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    if (name == "..") return std::nullopt;
    result += "/" + std::string(name);
  }
  return result;
}

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool is_below(std::string_view path, std::string_view base) {
  if (base == "/") base = "";
  return path.size() > base.size() && path.substr(0, base.size()) == base &&
         path[base.size()] == '/';
}

// systemd's form "slice:prefix:name", which isn't a path.
bool is_systemd_form(std::string_view path) {
  return path.find('/') == std::string_view::npos && std::count(path.begin(), path.end(), ':') == 2;
}

// What was asked for, as a path and whether it starts at our own cgroup.
struct AskedPath {
  std::string path;
  bool below_own = false;
};

Result<AskedPath> asked_path(const spec::Config& config, const CreateOptions& options) {
  const std::string asked = config.linux_ ? config.linux_->cgroups_path.value_or("") : "";
  if (asked.empty()) return AskedPath{.path = "/ocirt-" + options.id, .below_own = true};
  if (is_systemd_form(asked)) {
    return make_error(ErrorKind::InvalidConfig,
                      "linux.cgroupsPath: \"" + asked + "\" is in the form of systemd")
        .with_hint("give a path, or the option --systemd-cgroup");
  }
  const std::optional<std::string> path = normalised(asked);
  if (!path) {
    return make_error(ErrorKind::InvalidConfig,
                      "linux.cgroupsPath: \"" + asked + "\" must not contain \"..\"");
  }
  if (path->empty()) {
    return make_error(ErrorKind::InvalidConfig, "linux.cgroupsPath: \"" + asked +
                                                    "\" is the root, which a container "
                                                    "can't have for itself");
  }
  return AskedPath{.path = *path, .below_own = asked.front() != '/'};
}

// Below `own`, where a process sits; "/" and "" are the mount point. /proc/self/cgroup shows ".."
// for a process whose cgroup lies outside of what its cgroup namespace can see.
Result<std::string> place(const AskedPath& asked, const std::string& own) {
  if (!asked.below_own) return asked.path;
  const std::optional<std::string> base = normalised(own);
  if (!base) {
    return make_error(ErrorKind::Unsupported, "this process's own cgroup \"" + own +
                                                  "\" lies outside of its cgroup namespace")
        .with_hint("set linux.cgroupsPath to an absolute path");
  }
  return *base + asked.path;
}

// --- version 2 without root --------------------------------------------------------------------

// The highest level that this process may divide; what it may hand on is what it got.
const CgroupLevel* delegated_level(const CgroupFacts& facts) {
  const auto level = std::find_if(facts.v2_levels.begin(), facts.v2_levels.end(),
                                  [](const CgroupLevel& each) { return each.writable; });
  return level == facts.v2_levels.end() ? nullptr : &*level;
}

// The controllers that a cgroup of this caller can have.
std::vector<std::string> available_controllers(const CgroupFacts& facts, bool privileged) {
  if (privileged && !facts.v2_levels.empty()) return facts.v2_levels.front().controllers;
  const CgroupLevel* level = delegated_level(facts);
  return level == nullptr ? facts.v2->controllers : level->controllers;
}

bool may_make(const std::string& path, const CgroupFacts& facts, bool privileged) {
  if (privileged) return true;
  const CgroupLevel* level = delegated_level(facts);
  if (level != nullptr) return is_below(path, level->path);
  return facts.own_v2_writable && is_below(path, facts.v2->own_path);
}

// --- directories -------------------------------------------------------------------------------

// One for each hierarchy that this caller may use, their paths still open. Users get no directory
// in v1: its files belong to root, and handing them to users was never safe.
std::vector<CgroupDirectory> usable_hierarchies(const CgroupFacts& facts, bool privileged,
                                                const CreateOptions& options) {
  std::vector<CgroupDirectory> directories;
  if (options.cgroups_disabled) return directories;
  if (privileged) {
    for (const CgroupHierarchy& hierarchy : facts.v1) {
      directories.push_back({.controllers = hierarchy.controllers,
                             .v2 = false,
                             .mount_point = hierarchy.mount_point,
                             .path = hierarchy.own_path});
    }
  }
  if (facts.v2 && (privileged || facts.own_v2_writable)) {
    directories.push_back({.controllers = available_controllers(facts, privileged),
                           .v2 = true,
                           .mount_point = facts.v2->mount_point,
                           .path = facts.v2->own_path});
  }
  return directories;
}

// Gives the directories their paths. A v2 cgroup that holds processes, as our own does, can't hand
// controllers to its children; so one that needs controllers becomes our own cgroup's sibling (as
// in runc), any other its child, where all limits of a batch job still hold.
Result<> place_all(std::vector<CgroupDirectory>& directories, const AskedPath& asked,
                   bool needs_controllers) {
  for (CgroupDirectory& directory : directories) {
    std::string own = directory.path;
    if (directory.v2 && asked.below_own && needs_controllers) own = parent_of(own);
    directory.path = TRY(place(asked, own));
  }
  return {};
}

// The v2 cgroup is writable from inside: the container has a cgroup namespace of its own and mounts
// its tree read-write.
bool manages_its_cgroup(const spec::Config& config) {
  const std::vector<spec::Namespace>& namespaces = config.linux_->namespaces;
  const bool own_namespace =
      std::any_of(namespaces.begin(), namespaces.end(),
                  [](const auto& each) { return each.type == "cgroup" && !each.path; });
  const bool writable =
      std::any_of(config.mounts.begin(), config.mounts.end(), [](const auto& each) {
        return each.type == "cgroup" && each.destination == "/sys/fs/cgroup" &&
               !contains(each.options, "ro");
      });
  return own_namespace && writable;
}

// The host's user that the container's process runs as (config-linux.md#cgroup-ownership).
std::optional<uint32_t> decide_owner(const spec::Config& config) {
  if (!config.linux_ || !manages_its_cgroup(config)) return std::nullopt;
  const uint32_t uid = config.process ? config.process->user.uid : 0;
  for (const spec::IdMapping& mapping : config.linux_->uid_mappings) {
    if (uid >= mapping.container_id && uid - mapping.container_id < mapping.size) {
      return mapping.host_id + (uid - mapping.container_id);
    }
  }
  return std::nullopt;  // of root's, as it is made
}

// Sets the device filter: a list on v1, a program on v2.
Result<> decide_devices(CgroupPlan& plan, const std::vector<spec::DeviceRule>& asked) {
  std::vector<DeviceAccess> rules = TRY(decide_device_filter(asked));
  for (size_t i = 0; i < plan.directories.size(); ++i) {
    if (!contains(plan.directories[i].controllers, "devices")) continue;
    for (CgroupWrite& write : TRY(device_writes(rules, i))) plan.writes.push_back(std::move(write));
  }
  plan.device_filter = std::move(rules);
  return {};
}

// Puts the limits and the device filter into a plan whose directories are decided.
Result<> decide_contents(CgroupPlan& plan, CgroupLimits limits, const spec::Config& config,
                         const HostFacts& host) {
  const bool has_v2 = plan.directories.back().v2;
  plan.writes = std::move(limits.writes);
  plan.enabled_controllers = std::move(limits.v2_controllers);
  if (has_v2) {
    for (std::string_view name : kAccounted) {
      if (contains(plan.directories.back().controllers, name) &&
          !contains(plan.enabled_controllers, name)) {
        plan.accounted_controllers.emplace_back(name);
      }
    }
  }
  if (is_privileged(host)) {
    (void)TRY(decide_devices(plan, resources_of(config).devices));
    if (has_v2) plan.owner = decide_owner(config);
  }
  return {};
}

// --- cgroups of systemd --------------------------------------------------------------------------

// The same directory in each hierarchy: systemd makes the scope in those that it uses, we make what
// is missing.
Result<CgroupPlan> decide_cgroup_of_unit(const spec::Config& config, const HostFacts& host,
                                         const CreateOptions& options) {
  CgroupPlan plan;
  UnitPlan unit = TRY(decide_unit(config, host, options));
  const std::string subgroup = TRY(decide_subgroup(config.annotations));
  CgroupFacts facts = host.cgroup;
  if (!host.systemd.manager_levels.empty()) {
    // Not what we may divide ourselves counts, but what the manager hands on.
    facts.v2_levels = host.systemd.manager_levels;
    if (facts.v2) facts.v2->controllers = facts.v2_levels.back().controllers;
    facts.own_v2_writable = true;
  }
  plan.directories = usable_hierarchies(facts, is_privileged(host), options);
  if (plan.directories.empty()) {
    return make_error(ErrorKind::Unsupported,
                      "--systemd-cgroup: this host has no cgroup v2, whose cgroups alone can be "
                      "handed to users safely");
  }
  for (CgroupDirectory& directory : plan.directories) {
    directory.path = unit.reference.path + (subgroup.empty() ? "" : "/" + subgroup);
    if (directory.v2 && facts.v2) directory.controllers = facts.v2->controllers;
  }
  const CgroupView view = {
      .facts = facts, .directories = plan.directories, .privileged = is_privileged(host)};
  CgroupLimits limits = TRY(decide_limits(resources_of(config), view));
  // Before those of the annotations, which have the last word.
  std::vector<UnitProperty> properties = limit_properties(limits.writes);
  replace_properties(properties, std::move(unit.properties));
  unit.properties = std::move(properties);
  TRY(decide_contents(plan, std::move(limits), config, host));
  plan.unit = std::move(unit);
  return plan;
}

// --- cgroups that we make alone ------------------------------------------------------------------

Result<CgroupPlan> decide_cgroup_of_files(const spec::Config& config, const HostFacts& host,
                                          const CreateOptions& options) {
  const bool privileged = is_privileged(host);
  const spec::Resources resources = resources_of(config);
  const AskedPath asked = options.cgroups_disabled ? AskedPath{} : TRY(asked_path(config, options));

  CgroupPlan plan;
  plan.directories = usable_hierarchies(host.cgroup, privileged, options);
  const CgroupView view = {.facts = host.cgroup,
                           .directories = plan.directories,
                           .privileged = privileged,
                           .disabled = options.cgroups_disabled};
  CgroupLimits limits = TRY(decide_limits(resources, view));
  (void)TRY(place_all(plan.directories, asked, !limits.v2_controllers.empty()));

  const bool has_v2 = !plan.directories.empty() && plan.directories.back().v2;
  if (has_v2 && !may_make(plan.directories.back().path, host.cgroup, privileged)) {
    // Not root, so there are no others. Whoever asked for limits learns why there are none.
    plan.directories.clear();
    (void)TRY(decide_limits(resources, view));
    return plan;
  }
  if (plan.directories.empty()) {
    if (privileged && !options.cgroups_disabled) {
      return make_error(ErrorKind::Unsupported,
                        "no cgroup file system is mounted, so devices can't be kept from the "
                        "container")
          .with_hint("mount -t cgroup2 none /sys/fs/cgroup, or give --cgroup-manager disabled");
    }
    return plan;
  }
  TRY(decide_contents(plan, std::move(limits), config, host));
  // A process can be put into a cgroup that is full, but not be born there.
  const bool is_full = resources.pids && resources.pids->limit == 0;
  plan.clone_into = has_v2 && !is_full;
  return plan;
}

// Sets the cgroup below the container's own that the payload gets for itself.
Result<> decide_delegated(CgroupPlan& plan, const spec::Config& config) {
  constexpr const char* kName = "run.oci.delegate-cgroup";
  const auto found = config.annotations.find(kName);
  if (found == config.annotations.end() || found->second.empty()) return {};
  const std::string pointer = std::string("/annotations/") + kName;
  const std::optional<std::string> path = normalised(found->second);
  if (!path || path->empty()) {
    return config_error(ErrorKind::InvalidConfig, pointer,
                        quoted(found->second) + " is not a path below the container's cgroup");
  }
  if (plan.directories.empty()) {
    return config_error(ErrorKind::Unsupported, pointer,
                        "the container has no cgroup of its own here that could be divided");
  }
  if (!plan.directories.front().v2) {
    return config_error(ErrorKind::Unsupported, pointer,
                        "delegation is safe on cgroup v2 alone, and this host uses v1");
  }
  plan.delegated = *path;
  return {};
}

}  // namespace

Result<CgroupPlan> decide_cgroup(const spec::Config& config, const HostFacts& host,
                                 const CreateOptions& options) {
  CgroupPlan plan = TRY(uses_systemd(options) ? decide_cgroup_of_unit(config, host, options)
                                              : decide_cgroup_of_files(config, host, options));
  TRY(decide_delegated(plan, config));
  return plan;
}

Result<std::vector<CgroupDirectory>> decide_exec_cgroup(
    const std::vector<CgroupDirectory>& container, std::string_view asked) {
  if (asked.empty()) return container;
  // "controllers:path" is for v1; a path may itself hold colons.
  std::string_view names;
  const size_t colon = asked.find(':');
  if (colon != std::string_view::npos &&
      asked.substr(0, colon).find('/') == std::string_view::npos) {
    names = asked.substr(0, colon);
    asked.remove_prefix(colon + 1);
  }
  const std::optional<std::string> below = normalised(asked);
  if (!below) {
    return make_error(ErrorKind::InvalidConfig,
                      "--cgroup " + std::string(asked) + ": must not contain \"..\"");
  }
  std::vector<CgroupDirectory> directories = container;
  bool used = names.empty();
  for (CgroupDirectory& directory : directories) {
    bool meant = names.empty();
    for (const std::string& controller : directory.controllers) {
      meant = meant ||
              (!directory.v2 &&
               ("," + std::string(names) + ",").find("," + controller + ",") != std::string::npos);
    }
    if (meant) directory.path += *below;
    used = used || meant;
  }
  if (!used) {
    return make_error(ErrorKind::InvalidConfig,
                      "--cgroup " + std::string(names) + ":" + std::string(asked) +
                          ": the container has no cgroup of such controllers");
  }
  return directories;
}

}  // namespace ocirt::plan
