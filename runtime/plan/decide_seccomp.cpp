// Decides whether a system call filter is loaded, when, and who listens to it. Pure.
#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";
constexpr std::string_view kSection = "config-linux.md#seccomp";

bool notifies(const spec::Seccomp& profile) {
  return std::any_of(profile.syscalls.begin(), profile.syscalls.end(),
                     [](const spec::SeccompRule& rule) { return rule.action == kNotify; });
}

/// Rules that keep init itself from waiting for an agent that it has not yet sent the fd to.
Result<> check_listener(const spec::Seccomp& profile, const SeccompPlan& plan) {
  if (profile.default_action == kNotify) {
    return config_error(ErrorKind::InvalidConfig, "/linux/seccomp/defaultAction",
                        "SCMP_ACT_NOTIFY would stop the runtime itself", kSection);
  }
  for (size_t i = 0; i < profile.syscalls.size(); ++i) {
    const spec::SeccompRule& rule = profile.syscalls[i];
    if (rule.action != kNotify) continue;
    for (const std::string_view own : {"write", "sendmsg"}) {
      if (std::find(rule.names.begin(), rule.names.end(), own) == rule.names.end()) continue;
      return config_error(
          ErrorKind::InvalidConfig, pointer_to("/linux/seccomp/syscalls", i),
          "SCMP_ACT_NOTIFY for " + std::string(own) + " would stop the runtime itself", kSection);
    }
  }
  if (notifies(profile) && plan.listener_path.empty()) {
    return config_error(ErrorKind::InvalidConfig, "/linux/seccomp/listenerPath",
                        "is needed by SCMP_ACT_NOTIFY", kSection);
  }
  if (!plan.listener_metadata.empty() && plan.listener_path.empty()) {
    return config_error(ErrorKind::InvalidConfig, "/linux/seccomp/listenerMetadata",
                        "must not be set without listenerPath", kSection);
  }
  return {};
}

}  // namespace

Result<std::optional<SeccompPlan>> decide_seccomp(const spec::Config& config,
                                                  bool no_new_privileges) {
  if (!config.linux_ || !config.linux_->seccomp) return std::optional<SeccompPlan>{};
  const spec::Seccomp& profile = *config.linux_->seccomp;
  // It lets everything pass, so there is nothing to load.
  if (profile.default_action == "SCMP_ACT_ALLOW" && profile.syscalls.empty()) {
    return std::optional<SeccompPlan>{};
  }
  SeccompPlan plan{.profile = profile,
                   .load_before_identity = !no_new_privileges,
                   .listener_path = profile.listener_path.value_or(""),
                   .listener_metadata = profile.listener_metadata.value_or("")};
  const std::string* receiver = find_annotation(config, "run.oci.seccomp.receiver");
  if (plan.listener_path.empty() && receiver != nullptr) plan.listener_path = *receiver;
  TRY(check_listener(profile, plan));
  if (!notifies(profile)) plan.listener_path.clear();
  return std::optional<SeccompPlan>{std::move(plan)};
}

}  // namespace ocirt::plan
