// Decides which namespaces are made and joined, by whom and in which order. Pure.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>

#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

/// The order of joins for a caller with rights over the whole host. They suffice for every
/// namespace, whoever owns it, until the user namespace is joined. pid and time come late because
/// they only count for children (setns(2)).
constexpr uint64_t kOrderWithRights[] = {
    CLONE_NEWUTS, CLONE_NEWIPC,  CLONE_NEWNET, CLONE_NEWCGROUP,
    CLONE_NEWNS,  CLONE_NEWTIME, CLONE_NEWPID, CLONE_NEWUSER,
};

/// For a caller without: the user namespace gives the right to join the others.
constexpr uint64_t kOrderWithoutRights[] = {
    CLONE_NEWUSER,   CLONE_NEWUTS, CLONE_NEWIPC,  CLONE_NEWNET,
    CLONE_NEWCGROUP, CLONE_NEWNS,  CLONE_NEWTIME, CLONE_NEWPID,
};

void sort_joins(std::vector<JoinedNamespace>& joined, const HostFacts& host) {
  const auto& order = is_privileged(host) ? kOrderWithRights : kOrderWithoutRights;
  const auto rank = [&order](const JoinedNamespace& entry) {
    return std::find(std::begin(order), std::end(order), entry.clone_flag) - std::begin(order);
  };
  std::sort(joined.begin(), joined.end(),
            [&rank](const auto& left, const auto& right) { return rank(left) < rank(right); });
}

bool needs_joiner(const NamespacePlan& plan) {
  // In a new user namespace init makes the time namespace: a plain user has rights nowhere else.
  if (plan.joined.empty()) {
    return !plan.time_offsets.empty() && (plan.cloned & CLONE_NEWUSER) == 0;
  }
  const auto joins = [&plan](uint64_t flag) {
    return std::any_of(plan.joined.begin(), plan.joined.end(),
                       [flag](const JoinedNamespace& entry) { return entry.clone_flag == flag; });
  };
  // Only children are in a joined pid or time namespace.
  if (joins(CLONE_NEWPID) || joins(CLONE_NEWTIME)) return true;
  // A new user namespace must come after the joins: it takes away the right to them.
  if ((plan.cloned & CLONE_NEWUSER) != 0) return true;
  // New namespaces must belong to the joined user namespace, so whoever clones init is in it.
  if (joins(CLONE_NEWUSER) && (plan.cloned != 0 || plan.unshare_cgroup)) return true;
  return !plan.time_offsets.empty();
}

/// Without CAP_SYS_ADMIN only a user namespace makes the others possible (user_namespaces(7)).
Result<> require_rights(const spec::Config& config, const HostFacts& host,
                        const NamespacePlan& plan) {
  if (has_capability(host.effective_capabilities, kCapSysAdmin)) return {};
  if (use_of(config, CLONE_NEWUSER) != NamespaceUse::Inherited) return {};
  if (plan.cloned == 0 && plan.joined.empty() && !plan.unshare_cgroup) return {};
  return config_error(ErrorKind::Denied, "/linux/namespaces",
                      "without a \"user\" namespace, uid " + std::to_string(host.euid) +
                          " has no right to make or join the others",
                      "config-linux.md#namespaces")
      .with_hint("`ocirt spec --rootless` writes a config that has one");
}

Result<> require_mount_namespace(const spec::Config& config) {
  if (use_of(config, CLONE_NEWNS) != NamespaceUse::Inherited) return {};
  return config_error(ErrorKind::Unsupported, "/linux/namespaces",
                      "there is no \"mount\" namespace: the container's mounts would be the host's",
                      "config-linux.md#namespaces")
      .with_hint("add {\"type\": \"mount\"}");
}

std::vector<TimeOffset> decide_time_offsets(const spec::Config& config) {
  std::vector<TimeOffset> offsets;
  for (const auto& [clock, offset] : config.linux_->time_offsets) {
    if (offset.secs == 0 && offset.nanosecs == 0) continue;
    offsets.push_back({.clock = clock, .seconds = offset.secs, .nanoseconds = offset.nanosecs});
  }
  return offsets;
}

}  // namespace

NamespaceUse use_of(const spec::Config& config, uint64_t clone_flag) {
  if (!config.linux_) return NamespaceUse::Inherited;
  for (const spec::Namespace& entry : config.linux_->namespaces) {
    if (find_value(kNamespaceTypes, entry.type) != clone_flag) continue;
    return entry.path.value_or("").empty() ? NamespaceUse::New : NamespaceUse::Joined;
  }
  return NamespaceUse::Inherited;
}

Result<NamespacePlan> decide_namespaces(const spec::Config& config, const HostFacts& host) {
  TRY(require_mount_namespace(config));
  NamespacePlan plan;
  for (const spec::Namespace& entry : config.linux_->namespaces) {
    const uint64_t flag = value_of(kNamespaceTypes, entry.type);
    if (!entry.path.value_or("").empty()) {
      plan.joined.push_back({.clone_flag = flag, .path = {*entry.path}});
    } else if (flag == CLONE_NEWCGROUP) {
      plan.unshare_cgroup = true;
    } else {
      plan.cloned |= flag;
    }
  }
  sort_joins(plan.joined, host);
  plan.time_offsets = decide_time_offsets(config);
  plan.needs_joiner = needs_joiner(plan);
  TRY(require_rights(config, host, plan));
  return plan;
}

}  // namespace ocirt::plan
