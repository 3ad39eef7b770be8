// Decides who writes the id maps of a new user namespace, and which. Pure.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

/// What differs between users and groups.
struct Kind {
  std::string_view pointer;                  // of the mappings in the config
  std::string_view name;                     // "uid"
  std::string_view file;                     // that grants subordinate ids
  std::string_view helper;                   // that writes such a map
  uint32_t own = 0;                          // our own id
  std::span<const spec::IdMapping> own_map;  // of our user namespace
  std::span<const SubordinateRange> subordinate;
};

Kind user_kind(const HostFacts& host) {
  return {.pointer = "/linux/uidMappings",
          .name = "uid",
          .file = "/etc/subuid",
          .helper = "newuidmap",
          .own = host.euid,
          .own_map = host.own_uid_map,
          .subordinate = host.subordinate_uids};
}

Kind group_kind(const HostFacts& host) {
  return {.pointer = "/linux/gidMappings",
          .name = "gid",
          .file = "/etc/subgid",
          .helper = "newgidmap",
          .own = host.egid,
          .own_map = host.own_gid_map,
          .subordinate = host.subordinate_gids};
}

constexpr std::string_view kSection = "config-linux.md#user-namespace-mappings";

/// The first host id of `mapping` that lies in none of `ranges`; no value when all do.
std::optional<uint64_t> first_outside(const spec::IdMapping& mapping,
                                      std::span<const SubordinateRange> ranges) {
  uint64_t next = mapping.host_id;
  const uint64_t end = next + mapping.size;
  bool moved = true;
  while (next < end && moved) {
    moved = false;
    for (const SubordinateRange& range : ranges) {
      const uint64_t range_end = uint64_t{range.start} + range.size;
      if (next < range.start || next >= range_end) continue;
      next = range_end;
      moved = true;
    }
  }
  if (next >= end) return std::nullopt;
  return next;
}

std::string describe(std::span<const SubordinateRange> ranges) {
  std::string text;
  for (const SubordinateRange& range : ranges) {
    if (!text.empty()) text += ", ";
    text += std::to_string(range.start);
    if (range.size > 1) text += "-" + std::to_string(uint64_t{range.start} + range.size - 1);
  }
  return text.empty() ? "none" : text;
}

/// With CAP_SETUID (CAP_SETGID) a map may hold every id that our own namespace has.
Result<> check_by_rights(std::span<const spec::IdMapping> mappings, const Kind& kind,
                         const HostFacts& host) {
  std::vector<SubordinateRange> ours;
  for (const spec::IdMapping& entry : kind.own_map) {
    ours.push_back({.start = entry.container_id, .size = entry.size});
  }
  for (size_t i = 0; i < mappings.size(); ++i) {
    const std::optional<uint64_t> outside = first_outside(mappings[i], ours);
    if (outside) {
      return config_error(ErrorKind::InvalidConfig, pointer_to(kind.pointer, i),
                          std::string(kind.name) + " " + std::to_string(*outside) +
                              " doesn't exist here (existing ids: " + describe(ours) + ")",
                          kSection);
    }
    // Since Linux 5.12, to keep file capabilities from being forged (user_namespaces(7)).
    const bool maps_root = mappings[i].host_id == 0 && mappings[i].size > 0;
    if (kind.name == "uid" && maps_root &&
        !has_capability(host.effective_capabilities, kCapSetfcap)) {
      return config_error(ErrorKind::Denied, pointer_to(kind.pointer, i),
                          "mapping uid 0 takes CAP_SETFCAP, which is missing here", kSection);
    }
  }
  return {};
}

/// Without rights: our own id, and what /etc/subuid grants.
Result<> check_by_grant(std::span<const spec::IdMapping> mappings, const Kind& kind) {
  std::vector<SubordinateRange> ours = {{.start = kind.own, .size = 1}};
  ours.insert(ours.end(), kind.subordinate.begin(), kind.subordinate.end());
  for (size_t i = 0; i < mappings.size(); ++i) {
    const std::optional<uint64_t> outside = first_outside(mappings[i], ours);
    if (!outside) continue;
    const std::string name(kind.name);
    return config_error(ErrorKind::Denied, pointer_to(kind.pointer, i),
                        name + " " + std::to_string(*outside) +
                            " is not yours to map: you may use " + describe(ours),
                        kSection)
        .with_hint("as root, add a line to " + std::string(kind.file) + ": " +
                   std::to_string(kind.own) + ":" + std::to_string(mappings[i].host_id) + ":" +
                   std::to_string(mappings[i].size));
  }
  return {};
}

bool is_only_own_id(std::span<const spec::IdMapping> mappings, uint32_t own) {
  return mappings.size() == 1 && mappings[0].size == 1 && mappings[0].host_id == own;
}

Result<IdMapPlan> decide_without_rights(IdMapPlan plan, const HostFacts& host) {
  const Kind users = user_kind(host);
  const Kind groups = group_kind(host);
  const bool only_own_gid = is_only_own_id(plan.gids, host.egid);
  if (is_only_own_id(plan.uids, host.euid) && only_own_gid) {
    plan.method = IdMapMethod::Direct;
    plan.deny_setgroups = true;
    return plan;
  }
  TRY(check_by_grant(plan.uids, users));
  TRY(check_by_grant(plan.gids, groups));
  if (!host.has_newuidmap) {
    return config_error(ErrorKind::Unsupported, users.pointer,
                        "newuidmap and newgidmap, which map more than your own ids, can't be run",
                        kSection)
        .with_hint("install the package uidmap, or map only uid " + std::to_string(host.euid) +
                   " and gid " + std::to_string(host.egid) + ", with size 1");
  }
  plan.method = IdMapMethod::Helpers;
  // newgidmap denies it by itself where no subordinate gid is mapped; process.user must know.
  plan.deny_setgroups = only_own_gid;
  return plan;
}

}  // namespace

Result<IdMapPlan> decide_ids(const spec::Config& config, const HostFacts& host) {
  if (use_of(config, CLONE_NEWUSER) != NamespaceUse::New) return IdMapPlan{};

  IdMapPlan plan;
  plan.uids = config.linux_->uid_mappings;
  plan.gids = config.linux_->gid_mappings;
  const bool has_rights = has_capability(host.effective_capabilities, kCapSetuid) &&
                          has_capability(host.effective_capabilities, kCapSetgid);
  if (!has_rights) return decide_without_rights(std::move(plan), host);

  TRY(check_by_rights(plan.uids, user_kind(host), host));
  TRY(check_by_rights(plan.gids, group_kind(host), host));
  plan.method = IdMapMethod::Direct;
  return plan;
}

}  // namespace ocirt::plan
