// Decides whether a system call filter is loaded, when, and who listens to it. Pure.
#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";

bool notifies(const spec::Seccomp& profile) {
  return std::any_of(profile.syscalls.begin(), profile.syscalls.end(),
                     [](const spec::SeccompRule& rule) { return rule.action == kNotify; });
}

/// Init hands the listener's fd over with sendmsg(2), which must not wait for who gets it.
Result<> check_listener(const spec::Seccomp& profile) {
  for (size_t i = 0; i < profile.syscalls.size(); ++i) {
    const spec::SeccompRule& rule = profile.syscalls[i];
    if (rule.action != kNotify) continue;
    if (std::find(rule.names.begin(), rule.names.end(), "sendmsg") == rule.names.end()) continue;
    return config_error(ErrorKind::InvalidConfig, pointer_to("/linux/seccomp/syscalls", i),
                        "SCMP_ACT_NOTIFY for sendmsg would stop the runtime itself",
                        "config-linux.md#seccomp");
  }
  return {};
}

}  // namespace

Result<std::optional<SeccompPlan>> decide_seccomp(const spec::Config& config,
                                                  bool no_new_privileges) {
  if (!config.linux_->seccomp) return std::optional<SeccompPlan>{};
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
  TRY(check_listener(profile));
  if (!notifies(profile)) plan.listener_path.clear();  // there is no fd to send
  return std::optional<SeccompPlan>{std::move(plan)};
}

}  // namespace ocirt::plan
