// Prints the plan of a process. Pure.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/print_sections.h"

namespace ocirt::plan {

namespace {

constexpr uint64_t kUnlimited = ~uint64_t{0};

std::string_view name_of(std::span<const NamedValue> table, uint64_t value) {
  for (const NamedValue& entry : table) {
    if (entry.value == value) return entry.name;
  }
  return "unknown";
}

void print_set(PlanWriter& out, std::string_view name, uint64_t set) {
  std::string names;
  for (size_t i = 0; i < std::size(kCapabilities); ++i) {
    if (!has_capability(set, static_cast<int>(i))) continue;
    if (!names.empty()) names += '|';
    names += kCapabilities[i];
  }
  out.text(name, names);
}

void print_capabilities(PlanWriter& out, const CapabilityPlan& plan) {
  out.object("capabilities", [&] {
    print_set(out, "bounding", plan.bounding);
    print_set(out, "effective", plan.effective);
    print_set(out, "inheritable", plan.inheritable);
    print_set(out, "permitted", plan.permitted);
    print_set(out, "ambient", plan.ambient);
  });
}

void print_limit(PlanWriter& out, std::string_view name, uint64_t value) {
  if (value == kUnlimited) {
    out.json.member(name, "unlimited");
  } else {
    out.json.member(name, value);
  }
}

void print_scheduler(PlanWriter& out, const SchedulerPlan& plan) {
  out.object("scheduler", [&] {
    out.text("policy", name_of(kSchedulerPolicies, plan.policy));
    out.bits("flags", plan.flags, kSchedulerFlags);
    out.json.member("nice", plan.nice);
    out.json.member("priority", plan.priority);
    out.number("runtime_ns", plan.runtime_ns);
    out.number("deadline_ns", plan.deadline_ns);
    out.number("period_ns", plan.period_ns);
  });
}

/// The processors, or the nodes, of a set.
void print_members(PlanWriter& out, std::string_view name, const std::vector<uint8_t>& set) {
  if (set.empty()) return;
  out.json.key(name);
  out.json.begin_array();
  for (size_t number = 0; number < set.size() * 8; ++number) {
    if ((set[number / 8] >> number % 8 & 1) != 0) out.json.value(number);
  }
  out.json.end_array();
}

void print_memory_policy(PlanWriter& out, const MemoryPolicyPlan& plan) {
  out.object("memory_policy", [&] {
    out.text("mode", name_of(kMemoryPolicyModes, plan.mode));
    out.bits("flags", plan.flags, kMemoryPolicyFlags);
    print_members(out, "nodes", plan.nodes);
  });
}

/// Names alone: values may be secrets, and plans go into bug reports.
void print_environment(PlanWriter& out, const std::vector<std::string>& environment) {
  std::vector<std::string> names;
  for (const std::string& entry : environment) names.push_back(entry.substr(0, entry.find('=')));
  out.texts("env", names);
}

void print_user(PlanWriter& out, const ProcessPlan& plan) {
  out.json.member("uid", plan.uid);
  out.json.member("gid", plan.gid);
  if (plan.groups) {
    out.json.key("groups");
    out.json.begin_array();
    for (const uint32_t group : *plan.groups) out.json.value(group);
    out.json.end_array();
  }
  if (plan.umask) out.octal("umask", *plan.umask);
}

void print_io_priority(PlanWriter& out, int32_t priority) {
  constexpr int kClassShift = 13;
  out.object("io_priority", [&] {
    out.text("class", name_of(kIoPriorityClasses, static_cast<uint64_t>(priority >> kClassShift)));
    out.json.member("level", priority & ((1 << kClassShift) - 1));
  });
}

}  // namespace

void print_process(PlanWriter& out, const ProcessPlan& plan) {
  out.object("process", [&] {
    out.texts("args", plan.args);
    print_environment(out, plan.env);
    out.text("cwd", plan.cwd);
    print_user(out, plan);
    print_capabilities(out, plan.capabilities);
    out.flag("no_new_privileges", plan.no_new_privileges);
    out.objects("limits", plan.limits, [&](const ResourceLimit& limit) {
      out.text("resource", name_of(kResourceLimits, static_cast<uint64_t>(limit.resource)));
      print_limit(out, "soft", limit.soft);
      print_limit(out, "hard", limit.hard);
    });
    if (plan.oom_score_adj) out.json.member("oom_score_adj", *plan.oom_score_adj);
    if (plan.scheduler) print_scheduler(out, *plan.scheduler);
    if (plan.io_priority) print_io_priority(out, *plan.io_priority);
    print_members(out, "initial_affinity", plan.initial_affinity);
    print_members(out, "final_affinity", plan.final_affinity);
    out.flag("all_processors", plan.all_processors);
    if (plan.memory_policy) print_memory_policy(out, *plan.memory_policy);
    if (plan.personality) {
      out.text("personality", *plan.personality == 0 ? "LINUX" : "LINUX32");
    }
    out.text("apparmor_profile", plan.apparmor_profile);
    out.text("selinux_label", plan.selinux_label);
    out.flag("terminal", plan.terminal);
    if (plan.console_size) {
      out.object("console_size", [&] {
        out.json.member("height", plan.console_size->height);
        out.json.member("width", plan.console_size->width);
      });
    }
    out.flag("new_keyring", plan.new_keyring);
    out.number("preserved_fds", static_cast<uint64_t>(plan.preserved_fds));
  });
}

}  // namespace ocirt::plan
