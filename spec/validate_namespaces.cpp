// Checks the namespaces of a Config, and what only makes sense inside one: id mappings, clock
// offsets, sysctls. Pure.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "spec/findings.h"
#include "spec/sysctl_path.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

constexpr auto kTypes = std::to_array<std::string_view>({
    "pid",
    "network",
    "mount",
    "ipc",
    "uts",
    "user",
    "cgroup",
    "time",
});

constexpr auto kClocks = std::to_array<std::string_view>({"monotonic", "boottime"});

void check_entries(Checker& check, const Where& where, const std::vector<Namespace>& entries) {
  for (size_t i = 0; i < entries.size(); i++) {
    const Where entry = where.at(i);
    check.check_known(entry.at("type"), entries[i].type, kTypes);
    const auto is_same = [&](const Namespace& other) { return other.type == entries[i].type; };
    if (std::any_of(entries.begin(), entries.begin() + static_cast<ptrdiff_t>(i), is_same)) {
      check.report(entry.at("type"), "must not be given twice, is " + quoted(entries[i].type));
    }
    if (is_given(entries[i].path)) check.check_absolute(entry.at("path"), *entries[i].path);
  }
}

void check_user_mappings(Checker& check, const Where& where, const std::vector<IdMapping>& mappings,
                         const Namespaces& namespaces) {
  if (!mappings.empty() && !namespaces.has("user")) {
    check.report(where, "needs a user namespace in /linux/namespaces");
  }
  if (mappings.empty() && namespaces.makes("user")) {
    check.report(where, "is required for a new user namespace");
  }
  check.check_mappings(where, mappings);
}

void check_time_offsets(Checker& check, const Where& where,
                        const std::map<std::string, TimeOffset>& offsets,
                        const Namespaces& namespaces) {
  if (offsets.empty()) return;
  if (!namespaces.has("time")) {
    check.report(where, "needs a time namespace in /linux/namespaces");
  } else if (namespaces.joins("time")) {
    // They are fixed once a process is inside (time_namespaces(7)).
    check.report(where, "can't be set in an existing time namespace");
  }
  for (const auto& [clock, offset] : offsets) {
    const Where entry = where.at(clock);
    check.check_known(entry, clock, kClocks);
    check.check_range(entry.at("nanosecs"), offset.nanosecs, 0, 999'999'999);
  }
}

// --- sysctl ------------------------------------------------------------------------------------

// All that hang on the ipc namespace (ipc_namespaces(7), ipc/ipc_sysctl.c of the kernel).
constexpr auto kIpcSysctls = std::to_array<std::string_view>({
    "kernel/auto_msgmni",
    "kernel/msg_next_id",
    "kernel/msgmax",
    "kernel/msgmnb",
    "kernel/msgmni",
    "kernel/sem",
    "kernel/sem_next_id",
    "kernel/shm_next_id",
    "kernel/shm_rmid_forced",
    "kernel/shmall",
    "kernel/shmmax",
    "kernel/shmmni",
});

/// Whether every component names something, and none leads elsewhere.
bool is_plain_path(std::string_view path) {
  while (true) {
    const size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

/// The type of namespace that confines the sysctl; empty when none does.
std::string_view confining_namespace(std::string_view path) {
  if (path.starts_with("net/")) return "network";
  if (path.starts_with("fs/mqueue/")) return "ipc";
  if (std::ranges::find(kIpcSysctls, path) != kIpcSysctls.end()) return "ipc";
  if (path == "kernel/hostname" || path == "kernel/domainname") return "uts";
  if (path.starts_with("user/")) return "user";
  return {};
}

/// The field of the spec that sets the same as the sysctl; empty when none does.
std::string_view competing_field(std::string_view path, const Config& config) {
  // There is a field for it: two ways to say the same would be one too many, as for runc and crun.
  if (path == "kernel/hostname") return "/hostname";
  if (path == "kernel/domainname" && is_given(config.domainname)) return "/domainname";
  return {};
}

}  // namespace

Namespaces::Namespaces(const Config& config)
    : entries_(config.linux_ ? &config.linux_->namespaces : nullptr) {}

const Namespace* Namespaces::find(std::string_view type) const {
  if (entries_ == nullptr) return nullptr;
  const auto entry = std::ranges::find(*entries_, type, &Namespace::type);
  return entry == entries_->end() ? nullptr : &*entry;
}

bool Namespaces::makes(std::string_view type) const {
  const Namespace* entry = find(type);
  return entry != nullptr && !is_given(entry->path);
}

bool Namespaces::joins(std::string_view type) const {
  const Namespace* entry = find(type);
  return entry != nullptr && is_given(entry->path);
}

void check_namespaces(Checker& check, const Where& where, const Config& config) {
  constexpr std::string_view kMappings = "config-linux.md#user-namespace-mappings";
  const Linux& linux_ = *config.linux_;
  const Namespaces namespaces(config);
  check_entries(check, where.at("namespaces", "config-linux.md#namespaces"), linux_.namespaces);
  check_user_mappings(check, where.at("uidMappings", kMappings), linux_.uid_mappings, namespaces);
  check_user_mappings(check, where.at("gidMappings", kMappings), linux_.gid_mappings, namespaces);
  check_time_offsets(check, where.at("timeOffsets", "config-linux.md#offset-for-time-namespace"),
                     linux_.time_offsets, namespaces);
}

void check_sysctl(Checker& check, const Where& where, const Config& config) {
  const Namespaces namespaces(config);
  for (const auto& [key, value] : config.linux_->sysctl) {
    const Where entry = where.at(key);
    const std::string path = sysctl_path(key);
    if (!is_plain_path(path)) {
      check.report(entry, "must be the name of a sysctl such as net.ipv4.ip_forward");
      continue;
    }
    const std::string_view type = confining_namespace(path);
    if (type.empty()) {
      check.report(entry, "can't be set: no namespace confines it, so it would change the host");
    } else if (!namespaces.has(type)) {
      check.report(entry, (type == "ipc" ? "needs an " : "needs a ") + std::string(type) +
                              " namespace in /linux/namespaces: it would change the host");
    }
    if (const std::string_view field = competing_field(path, config); !field.empty()) {
      check.report(entry, "conflicts with the field " + std::string(field) + ", use that");
    }
  }
}

}  // namespace ocirt::spec
