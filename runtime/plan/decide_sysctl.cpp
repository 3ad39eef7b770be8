// Decides which kernel parameters are set, and where they lie. Pure.
#include "runtime/plan/sections.h"
#include "spec/sysctl_path.h"

namespace ocirt::plan {

std::vector<Sysctl> decide_sysctls(const spec::Config& config) {
  // That each belongs to a namespace of the container is for spec::validate() to say.
  std::vector<Sysctl> plan;
  for (const auto& [name, value] : config.linux_->sysctl) {
    plan.push_back({.path = spec::sysctl_path(name), .value = value});
  }
  return plan;
}

}  // namespace ocirt::plan
