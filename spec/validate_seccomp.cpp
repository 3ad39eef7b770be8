// Checks the seccomp profile of a Config: config-linux.md#seccomp. Pure.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "spec/findings.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

// The most frequent first: a profile has hundreds of rules, and nearly all allow.
constexpr auto kActions = std::to_array<std::string_view>({
    "SCMP_ACT_ALLOW",
    "SCMP_ACT_ERRNO",
    "SCMP_ACT_KILL",
    "SCMP_ACT_KILL_PROCESS",
    "SCMP_ACT_KILL_THREAD",
    "SCMP_ACT_TRAP",
    "SCMP_ACT_TRACE",
    "SCMP_ACT_LOG",
    "SCMP_ACT_NOTIFY",
});

constexpr auto kArchitectures = std::to_array<std::string_view>({
    "SCMP_ARCH_X86",     "SCMP_ARCH_X86_64",   "SCMP_ARCH_X32",         "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",      "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",  "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",   "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_S390",        "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",  "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64",     "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",    "SCMP_ARCH_SH",       "SCMP_ARCH_SHEB",
});

constexpr auto kFlags = std::to_array<std::string_view>({
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
});

constexpr auto kOperators = std::to_array<std::string_view>({
    "SCMP_CMP_EQ",
    "SCMP_CMP_MASKED_EQ",
    "SCMP_CMP_NE",
    "SCMP_CMP_LT",
    "SCMP_CMP_LE",
    "SCMP_CMP_GE",
    "SCMP_CMP_GT",
});

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";

void check_errno(Checker& check, const Where& where, const std::optional<uint32_t>& value,
                 std::string_view action) {
  if (!value) return;
  if (action == "SCMP_ACT_ERRNO") {
    check.check_range(where, *value, 0, 4095);  // the kernel's MAX_ERRNO
  } else if (action == "SCMP_ACT_TRACE") {
    check.check_range(where, *value, 0, UINT16_MAX);  // SECCOMP_RET_DATA
  } else {
    check.report(where, "only goes with the actions SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not with " +
                            quoted(action));
  }
}

void check_rule(Checker& check, const Where& where, const SeccompRule& rule) {
  const Where names = where.at("names");
  if (rule.names.empty()) check.report(names, "must have at least one entry");
  for (size_t i = 0; i < rule.names.size(); i++) {
    if (rule.names[i].empty()) check.report(names.at(i), "must be a system call, is empty");
  }
  check.check_known(where.at("action"), rule.action, kActions);
  check_errno(check, where.at("errnoRet"), rule.errno_ret, rule.action);
  const Where args = where.at("args");
  for (size_t i = 0; i < rule.args.size(); i++) {
    const Where arg = args.at(i);
    check.check_range(arg.at("index"), rule.args[i].index, 0, 5);
    check.check_known(arg.at("op"), rule.args[i].op, kOperators);
  }
}

void check_listener(Checker& check, const Where& where, const Config& config) {
  const Seccomp& seccomp = *config.linux_->seccomp;
  // crun's way to name the listener, which podman passes on.
  const bool has_listener =
      is_given(seccomp.listener_path) || config.annotations.contains("run.oci.seccomp.receiver");
  if (is_given(seccomp.listener_path)) {
    check.check_absolute(where.at("listenerPath"), *seccomp.listener_path);
  }
  if (!has_listener && is_given(seccomp.listener_metadata)) {
    check.report(where.at("listenerMetadata"), "only goes with a listenerPath");
  }
  if (!has_listener && std::ranges::find(seccomp.syscalls, kNotify, &SeccompRule::action) !=
                           seccomp.syscalls.end()) {
    check.report(where.at("listenerPath"), "is required for the action SCMP_ACT_NOTIFY");
  }
}

}  // namespace

void check_seccomp(Checker& check, const Where& where, const Config& config) {
  const Seccomp& seccomp = *config.linux_->seccomp;
  check.check_known(where.at("defaultAction"), seccomp.default_action, kActions);
  if (seccomp.default_action == kNotify) {
    // The call that hands over the listener would itself wait for it.
    check.report(where.at("defaultAction"), "must not be SCMP_ACT_NOTIFY");
  }
  check_errno(check, where.at("defaultErrnoRet"), seccomp.default_errno_ret,
              seccomp.default_action);
  check.check_all_known(where.at("architectures"), seccomp.architectures, kArchitectures);
  check.check_all_known(where.at("flags"), seccomp.flags, kFlags);
  check_listener(check, where, config);
  const Where syscalls = where.at("syscalls");
  for (size_t i = 0; i < seccomp.syscalls.size(); i++) {
    check_rule(check, syscalls.at(i), seccomp.syscalls[i]);
  }
}

}  // namespace ocirt::spec
