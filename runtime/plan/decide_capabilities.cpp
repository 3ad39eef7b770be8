// Decides which capabilities the process gets. Pure.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"

namespace ocirt::plan {

namespace {

/// Leaves out, with a warning, what this program doesn't know: the spec forbids to fail for it.
uint64_t read_set(const std::vector<std::string>& names, std::vector<std::string>& warnings) {
  uint64_t set = 0;
  for (const std::string& name : names) {
    if (const std::optional<int> number = capability_number(name)) {
      set |= uint64_t{1} << *number;
      continue;
    }
    std::string warning = "/process/capabilities: no capability of this kernel: " + name;
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) {
      warnings.push_back(std::move(warning));
    }
  }
  return set;
}

struct Granted {
  uint64_t existing = 0;  // in the running kernel
  uint64_t held = 0;      // by us, or by whoever is in the container's user namespace
  uint64_t bounding = 0;
};

/// A process that makes or joins a user namespace has all capabilities in it, whatever it was
/// limited to outside (user_namespaces(7)).
Granted granted_by(const ProcessContext& context) {
  const HostFacts& host = context.host;
  const uint64_t existing = (uint64_t{2} << host.last_capability) - 1;
  if (use_of(context.config, CLONE_NEWUSER) != NamespaceUse::Inherited) {
    return {.existing = existing, .held = existing, .bounding = existing};
  }
  return {.existing = existing,
          .held = host.effective_capabilities & existing,
          .bounding = host.bounding_capabilities & existing};
}

std::string describe(uint64_t set) {
  std::string text;
  for (size_t i = 0; i < std::size(kCapabilities); ++i) {
    if (!has_capability(set, static_cast<int>(i))) continue;
    if (!text.empty()) text += ' ';
    text += kCapabilities[i];
  }
  return text;
}

}  // namespace

CapabilityPlan decide_capabilities(const spec::Process& process, const ProcessContext& context,
                                   std::vector<std::string>& warnings) {
  if (!process.capabilities) return CapabilityPlan{};
  const spec::Capabilities& names = *process.capabilities;
  const CapabilityPlan asked = {.bounding = read_set(names.bounding, warnings),
                                .effective = read_set(names.effective, warnings),
                                .inheritable = read_set(names.inheritable, warnings),
                                .permitted = read_set(names.permitted, warnings),
                                .ambient = read_set(names.ambient, warnings)};

  // The spec wants a warning, no failure, for what can't be granted.
  const Granted granted = granted_by(context);
  CapabilityPlan plan;
  plan.bounding = asked.bounding & granted.bounding;
  plan.permitted = asked.permitted & granted.held;
  plan.effective = asked.effective & granted.held;
  // What is in neither the bounding nor the permitted set can't be made inheritable.
  plan.inheritable = asked.inheritable & granted.held;
  const uint64_t all = asked.bounding | asked.permitted | asked.inheritable;
  const uint64_t lost = all & ~(granted.held & granted.bounding);
  if (lost != 0) {
    warnings.push_back("/process/capabilities: not available here: " + describe(lost));
  }
  // capabilities(7): no ambient capability that isn't both permitted and inheritable.
  plan.ambient = asked.ambient & plan.permitted & plan.inheritable;
  const uint64_t refused = asked.ambient & ~plan.ambient & ~lost;
  if (refused != 0) {
    warnings.push_back(
        "/process/capabilities/ambient: left out, as not both permitted and inheritable: " +
        describe(refused));
  }
  return plan;
}

}  // namespace ocirt::plan
