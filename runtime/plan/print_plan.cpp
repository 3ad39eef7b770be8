// Prints a plan as JSON: for `ocirt plan`, golden files and bug reports. Pure.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/plan/decide.h"
#include "runtime/plan/print_sections.h"

namespace ocirt::plan {

namespace {

std::string_view name_of(IdMapMethod method) {
  switch (method) {
    case IdMapMethod::None:
      return "none";
    case IdMapMethod::Direct:
      return "direct";
    case IdMapMethod::Helpers:
      return "newuidmap and newgidmap";
  }
  return "unknown";
}

void print_namespaces(PlanWriter& out, const NamespacePlan& plan) {
  out.object("namespaces", [&] {
    out.bits("cloned", plan.cloned, kCloneFlags);
    out.flag("unshare_cgroup", plan.unshare_cgroup);
    out.objects("joined", plan.joined, [&](const JoinedNamespace& joined) {
      out.bits("clone_flag", joined.clone_flag, kCloneFlags);
      out.text("path", joined.path.text);
    });
    out.flag("needs_joiner", plan.needs_joiner);
    out.objects("time_offsets", plan.time_offsets, [&](const TimeOffset& offset) {
      out.text("clock", offset.clock);
      out.json.member("seconds", offset.seconds);
      out.number("nanoseconds", offset.nanoseconds);
    });
  });
}

void print_id_maps(PlanWriter& out, const IdMapPlan& plan) {
  out.object("id_maps", [&] {
    out.text("method", name_of(plan.method));
    out.texts("uids", lines_of(plan.uids));
    out.texts("gids", lines_of(plan.gids));
    out.flag("deny_setgroups", plan.deny_setgroups);
  });
}

/// "allow c 1:3 rwm", with "*" for any number, as devices.allow of cgroup v1 has it.
std::string describe(const DeviceAccess& rule) {
  const auto number = [](const std::optional<uint32_t>& value) {
    return value ? std::to_string(*value) : "*";
  };
  std::string text = rule.allow ? "allow " : "deny ";
  text += rule.type;
  text += " " + number(rule.major) + ":" + number(rule.minor) + " " + rule.access;
  return text;
}

/// Properties as busctl(1) has them: "t 67108864", "as 1 a.service".
void print_unit(PlanWriter& out, const UnitPlan& plan) {
  out.object("unit", [&] {
    out.text("bus", plan.reference.bus);
    out.text("name", plan.reference.name);
    out.text("path", plan.reference.path);
    out.object("properties", [&] {
      for (const UnitProperty& property : plan.properties) {
        std::string value = property.signature;
        for (const std::string& word : property.words) value += " " + word;
        out.json.member(property.name, value);
      }
    });
  });
}

void print_cgroup(PlanWriter& out, const CgroupPlan& plan) {
  out.object("cgroup", [&] {
    out.objects("directories", plan.directories, [&](const CgroupDirectory& directory) {
      out.texts("controllers", directory.controllers);
      out.flag("v2", directory.v2);
      out.text("mount_point", directory.mount_point.text);
      out.text("path", directory.path);
    });
    out.texts("enabled_controllers", plan.enabled_controllers);
    out.objects("writes", plan.writes, [&](const CgroupWrite& write) {
      out.json.member("directory", write.directory);
      out.text("file", write.file);
      out.json.member("value", write.value);
    });
    if (plan.device_filter) {
      std::vector<std::string> rules;
      for (const DeviceAccess& rule : *plan.device_filter) rules.push_back(describe(rule));
      out.texts("device_filter", rules);
    }
    out.flag("clone_into", plan.clone_into);
    out.text("delegated", plan.delegated);
    if (plan.unit) print_unit(out, *plan.unit);
  });
}

void print_net_devices(PlanWriter& out, const std::vector<NetDevice>& devices) {
  out.objects("net_devices", devices, [&](const NetDevice& device) {
    out.text("name", device.name);
    out.text("new_name", device.new_name);
  });
}

void print_sysctls(PlanWriter& out, const std::vector<Sysctl>& sysctls) {
  out.objects("sysctls", sysctls, [&](const Sysctl& sysctl) {
    out.text("path", sysctl.path);
    out.json.member("value", sysctl.value);
  });
}

/// The rules themselves are the config's; how many there are tells profiles apart.
void print_seccomp(PlanWriter& out, const std::optional<SeccompPlan>& plan) {
  if (!plan) return;
  out.object("seccomp", [&] {
    out.text("default_action", plan->profile.default_action);
    out.texts("architectures", plan->profile.architectures);
    out.texts("flags", plan->profile.flags);
    out.number("rules", plan->profile.syscalls.size());
    out.flag("load_before_identity", plan->load_before_identity);
    out.text("listener_path", plan->listener_path);
    out.text("listener_metadata", plan->listener_metadata);
  });
}

void print_hooks(PlanWriter& out, const CreatePlan& plan) {
  const std::pair<std::string_view, const std::vector<spec::Hook>*> kinds[] = {
      {"prestart", &plan.hooks.prestart},
      {"create_runtime", &plan.hooks.create_runtime},
      {"create_container", &plan.hooks.create_container},
      {"start_container", &plan.hooks.start_container},
      {"poststart", &plan.hooks.poststart},
      {"poststop", &plan.hooks.poststop},
  };
  if (plan.hooks == spec::Hooks{}) return;
  out.object("hooks", [&] {
    for (const auto& [name, hooks] : kinds) {
      out.objects(name, *hooks, [&](const spec::Hook& hook) {
        out.text("path", hook.path);
        out.texts("args", hook.args);
        out.number("timeout", static_cast<uint64_t>(hook.timeout.value_or(0)));
      });
    }
    out.text("stdout", plan.hook_files.stdout_file.text);
    out.text("stderr", plan.hook_files.stderr_file.text);
  });
}

void print_annotations(PlanWriter& out, const CreatePlan& plan) {
  if (plan.annotations.empty()) return;
  out.object("annotations", [&] {
    for (const auto& [key, value] : plan.annotations) out.json.member(key, value);
  });
}

void print_rdt(PlanWriter& out, const std::optional<RdtPlan>& plan) {
  if (!plan) return;
  out.object("rdt", [&] {
    out.text("mount_point", plan->mount_point.text);
    out.text("group", plan->group);
    out.flag("make", plan->make);
    out.flag("own", plan->own);
    out.texts("schemata", plan->schemata);
    out.number("compared", plan->compared);
    out.text("monitor", plan->monitor);
  });
}

}  // namespace

std::string join_names(uint64_t value, std::span<const NamedValue> table) {
  std::string text;
  for (const NamedValue& entry : table) {
    if (entry.value == 0 || (value & entry.value) != entry.value) continue;
    if (!text.empty()) text += '|';
    text += entry.name;
    value &= ~entry.value;
  }
  if (value != 0) text += (text.empty() ? "" : "|") + std::to_string(value);
  return text;
}

std::vector<std::string> lines_of(const std::vector<spec::IdMapping>& map) {
  std::vector<std::string> lines;
  for (const spec::IdMapping& range : map) {
    lines.push_back(std::to_string(range.container_id) + " " + std::to_string(range.host_id) + " " +
                    std::to_string(range.size));
  }
  return lines;
}

void PlanWriter::octal(std::string_view name, uint32_t value) {
  std::string digits;
  for (; value != 0 || digits.empty(); value /= 8) {
    digits.insert(digits.begin(), static_cast<char>('0' + value % 8));
  }
  if (digits != "0") digits.insert(digits.begin(), '0');
  json.member(name, digits);
}

void PlanWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  json.key(name);
  json.begin_array();
  for (const std::string& value : values) json.value(value);
  json.end_array();
}

void PlanWriter::paths(std::string_view name, const std::vector<ContainerPath>& values) {
  if (values.empty()) return;
  json.key(name);
  json.begin_array();
  for (const ContainerPath& value : values) json.value(value.text);
  json.end_array();
}

std::string print_plan(const CreatePlan& plan) {
  PlanWriter out;
  out.json.begin_object();
  out.text("id", plan.id);
  out.text("bundle", plan.bundle.text);
  print_namespaces(out, plan.namespaces);
  print_id_maps(out, plan.id_maps);
  print_cgroup(out, plan.cgroup);
  print_rdt(out, plan.rdt);
  out.flag("bring_up_loopback", plan.bring_up_loopback);
  print_net_devices(out, plan.net_devices);
  out.text("hostname", plan.hostname);
  out.text("domainname", plan.domainname);
  print_rootfs(out, plan.rootfs);
  print_sysctls(out, plan.sysctls);
  print_process(out, plan.process);
  print_seccomp(out, plan.seccomp);
  print_hooks(out, plan);
  print_annotations(out, plan);
  out.texts("warnings", plan.warnings);
  out.json.end_object();
  return std::move(out.json).take() + "\n";
}

}  // namespace ocirt::plan
