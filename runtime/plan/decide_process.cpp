// Decides what the process is run with: who it is, its limits, its scheduling. Pure.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/plan/cpu_list.h"
#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kSection = "config.md#process";
constexpr uint32_t kDefaultUmask = 0022;  // runc's and crun's

/// Domains of personality(2).
constexpr NamedValue kPersonalities[] = {{"LINUX", 0}, {"LINUX32", 8}};

Error process_error(ErrorKind kind, std::string_view field, std::string_view problem) {
  return config_error(kind, "/process/" + std::string(field), problem, kSection);
}

/// An id has to exist in the container's user namespace; what a joined one maps isn't known here.
Result<> check_mapped(uint32_t id, const std::vector<spec::IdMapping>& map,
                      std::string_view field) {
  std::string existing;
  for (const spec::IdMapping& range : map) {
    if (id >= range.container_id && id - range.container_id < range.size) return {};
    if (!existing.empty()) existing += ", ";
    existing += std::to_string(range.container_id);
    if (range.size > 1) {
      existing += "-" + std::to_string(uint64_t{range.container_id} + range.size - 1);
    }
  }
  return process_error(ErrorKind::InvalidConfig, field,
                       "id " + std::to_string(id) + " is not mapped (ids of the container: " +
                           (existing.empty() ? "none" : existing) + ")");
}

Result<> decide_user(const spec::User& user, const ProcessContext& context, ProcessPlan& plan) {
  plan.uid = user.uid;
  plan.gid = user.gid;
  plan.umask = user.umask;
  if (!plan.umask && context.config.process) plan.umask = context.config.process->user.umask;
  if (!plan.umask) plan.umask = kDefaultUmask;

  const NamespaceUse use = use_of(context.config, CLONE_NEWUSER);
  const bool is_known = use == NamespaceUse::New ||
                        (use == NamespaceUse::Inherited && context.host.in_user_namespace);
  const bool is_new = use == NamespaceUse::New;
  const std::vector<spec::IdMapping>& uids = is_new ? context.ids.uids : context.host.own_uid_map;
  const std::vector<spec::IdMapping>& gids = is_new ? context.ids.gids : context.host.own_gid_map;
  if (is_known) {
    TRY(check_mapped(user.uid, uids, "user/uid"));
    TRY(check_mapped(user.gid, gids, "user/gid"));
  }
  // The groups can't be changed where setgroups(2) is denied, which then every user of single ids
  // wants: the kernel shows those that aren't mapped as nobody's, and they still open files.
  const bool keeps_groups =
      find_annotation(context.config, "run.oci.keep_original_groups") != nullptr;
  if (keeps_groups || context.ids.deny_setgroups || !context.host.setgroups_allowed) return {};
  if (is_known) {
    for (size_t i = 0; i < user.additional_gids.size(); ++i) {
      TRY(check_mapped(user.additional_gids[i], gids, pointer_to("user/additionalGids", i)));
    }
  }
  plan.groups = user.additional_gids;
  return {};
}

/// An engine matches on runc's words.
Result<> decide_terminal(const spec::Process& process, const ProcessContext& context,
                         ProcessPlan& plan) {
  plan.terminal = process.terminal;
  if (process.terminal) plan.console_size = process.console_size;
  if (process.terminal && context.detached && !context.has_console_socket) {
    return make_error(ErrorKind::InvalidConfig,
                      "cannot allocate tty if ocirt will detach without setting console socket");
  }
  if (context.has_console_socket && !(process.terminal && context.detached)) {
    return make_error(ErrorKind::InvalidConfig,
                      "cannot use console socket if ocirt will not detach or allocate tty");
  }
  return {};
}

std::vector<ResourceLimit> decide_limits(const spec::Process& process) {
  std::vector<ResourceLimit> limits;
  for (const spec::Rlimit& limit : process.rlimits) {
    limits.push_back({.resource = static_cast<int>(value_of(kResourceLimits, limit.type)),
                      .soft = limit.soft,
                      .hard = limit.hard});
  }
  return limits;
}

SchedulerPlan decide_scheduler(const spec::Scheduler& asked) {
  SchedulerPlan plan;
  plan.policy = static_cast<uint32_t>(value_of(kSchedulerPolicies, asked.policy));
  for (const std::string& flag : asked.flags) plan.flags |= value_of(kSchedulerFlags, flag);
  plan.nice = asked.nice.value_or(0);
  plan.priority = static_cast<uint32_t>(asked.priority.value_or(0));
  plan.runtime_ns = asked.runtime.value_or(0);
  plan.deadline_ns = asked.deadline.value_or(0);
  plan.period_ns = asked.period.value_or(0);
  return plan;
}

int32_t decide_io_priority(const spec::IoPriority& asked) {
  constexpr int kClassShift = 13;  // ioprio_set(2)
  const uint64_t number = value_of(kIoPriorityClasses, asked.class_name);
  return static_cast<int32_t>(number << kClassShift) | asked.priority;
}

// An engine's container isn't bound to the processors that the engine's service was given; a batch
// job's container is (decision 3).
bool has_cgroup_outside_ours(const spec::Config& config) {
  const std::string path = config.linux_ ? config.linux_->cgroups_path.value_or("") : "";
  return path.starts_with('/') || path.find(':') != std::string::npos;
}

Result<CpuSet> decide_affinity(const std::optional<std::string>& list, std::string_view name) {
  if (list.value_or("").empty()) return CpuSet{};
  const std::optional<CpuSet> set = parse_cpu_list(*list);
  if (!set) {
    return process_error(ErrorKind::InvalidConfig, "execCPUAffinity/" + std::string(name),
                         quoted(*list) + " names processors that no kernel has");
  }
  return *set;
}

Result<> decide_scheduling(const spec::Process& process, ProcessPlan& plan) {
  if (process.scheduler) plan.scheduler = decide_scheduler(*process.scheduler);
  if (process.io_priority) plan.io_priority = decide_io_priority(*process.io_priority);
  if (process.exec_cpu_affinity) {
    plan.initial_affinity = TRY(decide_affinity(process.exec_cpu_affinity->initial, "initial"));
    plan.final_affinity = TRY(decide_affinity(process.exec_cpu_affinity->final_, "final"));
  }
  return {};
}

std::optional<uint64_t> decide_personality(const spec::Config& config) {
  if (!config.linux_->personality) return std::nullopt;
  return value_of(kPersonalities, config.linux_->personality->domain);
}

Result<> decide_labels(const spec::Process& process, const HostFacts& host, ProcessPlan& plan) {
  plan.apparmor_profile = process.apparmor_profile.value_or("");
  plan.selinux_label = process.selinux_label.value_or("");
  // Without AppArmor everything is unconfined.
  if (!host.apparmor && plan.apparmor_profile == "unconfined") plan.apparmor_profile.clear();
  if (!host.apparmor && !plan.apparmor_profile.empty()) {
    return process_error(ErrorKind::Unsupported, "apparmorProfile",
                         "AppArmor is not enabled on this host");
  }
  if (!host.selinux && !plan.selinux_label.empty()) {
    return process_error(ErrorKind::Unsupported, "selinuxLabel",
                         "SELinux is not enabled on this host");
  }
  return {};
}

}  // namespace

Result<ProcessPlan> decide_process(const spec::Process& process, const ProcessContext& context,
                                   std::vector<std::string>& warnings) {
  ProcessPlan plan;
  plan.args = process.args;
  plan.env = process.env;
  plan.cwd = process.cwd;
  TRY(decide_terminal(process, context, plan));
  TRY(decide_user(process.user, context, plan));
  plan.capabilities = decide_capabilities(process, context, warnings);
  plan.no_new_privileges = process.no_new_privileges;
  plan.limits = decide_limits(process);
  plan.oom_score_adj = process.oom_score_adj;
  TRY(decide_scheduling(process, plan));
  plan.all_processors = has_cgroup_outside_ours(context.config);
  plan.personality = decide_personality(context.config);
  TRY(decide_labels(process, context.host, plan));
  plan.new_keyring = context.new_keyring;
  plan.preserved_fds = context.preserved_fds;
  return plan;
}

Result<std::optional<MemoryPolicyPlan>> decide_memory_policy(const spec::Config& config) {
  if (!config.linux_->memory_policy) return std::optional<MemoryPolicyPlan>{};
  const spec::MemoryPolicy& asked = *config.linux_->memory_policy;
  MemoryPolicyPlan plan;
  plan.mode = static_cast<uint32_t>(value_of(kMemoryPolicyModes, asked.mode));
  for (const std::string& flag : asked.flags) {
    plan.flags |= static_cast<uint32_t>(value_of(kMemoryPolicyFlags, flag));
  }
  if (!asked.nodes.empty()) {
    std::optional<std::vector<uint8_t>> nodes = parse_cpu_list(asked.nodes);
    if (!nodes) {
      return config_error(ErrorKind::InvalidConfig, "/linux/memoryPolicy/nodes",
                          quoted(asked.nodes) + " names nodes that no kernel has",
                          "config-linux.md#memory-policy");
    }
    plan.nodes = std::move(*nodes);
  }
  return std::optional<MemoryPolicyPlan>(std::move(plan));
}

}  // namespace ocirt::plan
