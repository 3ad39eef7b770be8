// Decides which network devices move into the container, and what they are called there. Pure.
#include "runtime/plan/sections.h"

namespace ocirt::plan {

std::vector<NetDevice> decide_net_devices(const spec::Config& config) {
  // That there is a network namespace to move them to is for spec::validate() to say.
  std::vector<NetDevice> plan;
  for (const auto& [name, device] : config.linux_->net_devices) {
    const std::string new_name = device.name.value_or("");
    plan.push_back({.name = name, .new_name = new_name.empty() ? name : new_name});
  }
  return plan;
}

}  // namespace ocirt::plan
