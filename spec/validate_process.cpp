// Checks the process of a Config: config.md#process. Pure.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "spec/findings.h"
#include "spec/validate_parts.h"

namespace ocirt::spec {

namespace {

using Names = std::string_view;

constexpr auto kRlimits = std::to_array<Names>({
    "RLIMIT_AS",
    "RLIMIT_CORE",
    "RLIMIT_CPU",
    "RLIMIT_DATA",
    "RLIMIT_FSIZE",
    "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK",
    "RLIMIT_MSGQUEUE",
    "RLIMIT_NICE",
    "RLIMIT_NOFILE",
    "RLIMIT_NPROC",
    "RLIMIT_RSS",
    "RLIMIT_RTPRIO",
    "RLIMIT_RTTIME",
    "RLIMIT_SIGPENDING",
    "RLIMIT_STACK",
});

constexpr auto kPolicies = std::to_array<Names>({
    "SCHED_OTHER",
    "SCHED_FIFO",
    "SCHED_RR",
    "SCHED_BATCH",
    "SCHED_ISO",
    "SCHED_IDLE",
    "SCHED_DEADLINE",
});

constexpr auto kSchedulerFlags = std::to_array<Names>({
    "SCHED_FLAG_RESET_ON_FORK",
    "SCHED_FLAG_RECLAIM",
    "SCHED_FLAG_DL_OVERRUN",
    "SCHED_FLAG_KEEP_POLICY",
    "SCHED_FLAG_KEEP_PARAMS",
    "SCHED_FLAG_UTIL_CLAMP_MIN",
    "SCHED_FLAG_UTIL_CLAMP_MAX",
});

constexpr auto kIoClasses = std::to_array<Names>({
    "IOPRIO_CLASS_RT",
    "IOPRIO_CLASS_BE",
    "IOPRIO_CLASS_IDLE",
});

/// 4294967295 is (uid_t)-1, by which setresuid(2) and chown(2) mean "leave as it is".
void check_id(Checker& check, const Where& where, uint32_t id) {
  if (id == UINT32_MAX) check.report(where, "must be from 0 to 4294967294, is 4294967295");
}

void check_user(Checker& check, const Where& where, const User& user) {
  check_id(check, where.at("uid"), user.uid);
  check_id(check, where.at("gid"), user.gid);
  if (user.umask) check.check_range(where.at("umask"), *user.umask, 0, 07777);
  const Where gids = where.at("additionalGids");
  for (size_t i = 0; i < user.additional_gids.size(); i++) {
    check_id(check, gids.at(i), user.additional_gids[i]);
  }
}

void check_rlimits(Checker& check, const Where& where, const std::vector<Rlimit>& rlimits) {
  for (size_t i = 0; i < rlimits.size(); i++) {
    const Rlimit& rlimit = rlimits[i];
    const Where entry = where.at(i);
    check.check_known(entry.at("type"), rlimit.type, kRlimits);
    const bool is_second =
        std::any_of(rlimits.begin(), rlimits.begin() + static_cast<ptrdiff_t>(i),
                    [&](const Rlimit& other) { return other.type == rlimit.type; });
    if (is_second) {
      check.report(entry.at("type"), "must not be given twice, is " + quoted(rlimit.type));
    }
    if (rlimit.soft > rlimit.hard) {
      check.report(entry.at("soft"), "must be at most the hard limit " +
                                         std::to_string(rlimit.hard) + ", is " +
                                         std::to_string(rlimit.soft));
    }
  }
}

void check_capabilities(Checker& check, const Where& where, const Capabilities& capabilities) {
  // A name that no kernel knows yet is no error: the spec wants a warning for what can't be
  // granted.
  const auto check_set = [&](std::string_view key, const std::vector<std::string>& set) {
    const Where names = where.at(key);
    for (size_t i = 0; i < set.size(); i++) {
      if (set[i].starts_with("CAP_")) continue;
      check.report(names.at(i), "must be a capability such as CAP_CHOWN (capabilities(7)), is " +
                                    quoted(set[i]));
    }
  };
  check_set("bounding", capabilities.bounding);
  check_set("effective", capabilities.effective);
  check_set("inheritable", capabilities.inheritable);
  check_set("permitted", capabilities.permitted);
  check_set("ambient", capabilities.ambient);

  const Where effective = where.at("effective");
  for (size_t i = 0; i < capabilities.effective.size(); i++) {
    const std::string& name = capabilities.effective[i];
    if (std::ranges::find(capabilities.permitted, name) != capabilities.permitted.end()) continue;
    check.report(effective.at(i), "must be permitted too (capset(2)), is " + quoted(name));
  }
}

void check_deadline(Checker& check, const Where& where, const Scheduler& scheduler) {
  const uint64_t runtime = scheduler.runtime.value_or(0);
  const uint64_t deadline = scheduler.deadline.value_or(0);
  const uint64_t period = scheduler.period.value_or(0);
  if (scheduler.policy != "SCHED_DEADLINE") {
    const auto check_unset = [&](std::string_view key, uint64_t value) {
      if (value != 0) check.report(where.at(key), "only goes with the policy SCHED_DEADLINE");
    };
    check_unset("runtime", runtime);
    check_unset("deadline", deadline);
    check_unset("period", period);
    return;
  }
  if (runtime == 0) check.report(where.at("runtime"), "is required for SCHED_DEADLINE");
  // sched(7): runtime <= deadline <= period, where a period of 0 stands for the deadline.
  if (runtime > deadline) {
    check.report(where.at("deadline"), "must be at least the runtime " + std::to_string(runtime) +
                                           ", is " + std::to_string(deadline));
  }
  if (period != 0 && deadline > period) {
    check.report(where.at("period"), "must be at least the deadline " + std::to_string(deadline) +
                                         ", is " + std::to_string(period));
  }
}

void check_scheduler(Checker& check, const Where& where, const Scheduler& scheduler) {
  check.check_known(where.at("policy"), scheduler.policy, kPolicies);
  if (scheduler.nice) check.check_range(where.at("nice"), *scheduler.nice, -20, 19);
  const int32_t priority = scheduler.priority.value_or(0);
  if (scheduler.policy == "SCHED_FIFO" || scheduler.policy == "SCHED_RR") {
    check.check_range(where.at("priority"), priority, 1, 99);
  } else if (priority != 0) {
    check.report(where.at("priority"), "only goes with the policies SCHED_FIFO and SCHED_RR");
  }
  check.check_all_known(where.at("flags"), scheduler.flags, kSchedulerFlags);
  check_deadline(check, where, scheduler);
}

void check_linux_process(Checker& check, const Where& where, const Process& process) {
  constexpr std::string_view kSection = "config.md#linux-process";
  if (process.capabilities) {
    check_capabilities(check, where.at("capabilities", kSection), *process.capabilities);
  }
  if (process.oom_score_adj) {
    check.check_range(where.at("oomScoreAdj", kSection), *process.oom_score_adj, -1000, 1000);
  }
  if (process.scheduler) {
    check_scheduler(check, where.at("scheduler", kSection), *process.scheduler);
  }
  if (process.io_priority) {
    const Where io_priority = where.at("ioPriority", kSection);
    check.check_known(io_priority.at("class"), process.io_priority->class_name, kIoClasses);
    check.check_range(io_priority.at("priority"), process.io_priority->priority, 0, 7);
  }
  if (process.exec_cpu_affinity) {
    const Where affinity = where.at("execCPUAffinity", kSection);
    const ExecCpuAffinity& lists = *process.exec_cpu_affinity;
    if (is_given(lists.initial)) check.check_number_list(affinity.at("initial"), *lists.initial);
    if (is_given(lists.final_)) check.check_number_list(affinity.at("final"), *lists.final_);
  }
}

}  // namespace

void check_process(Checker& check, const Where& where, const Process& process) {
  // Without a terminal the size must be ignored, whatever it is.
  if (process.terminal && process.console_size) {
    const Where size = where.at("consoleSize");
    check.check_range(size.at("height"), process.console_size->height, 0, UINT16_MAX);
    check.check_range(size.at("width"), process.console_size->width, 0, UINT16_MAX);
  }
  check.check_absolute(where.at("cwd"), process.cwd);
  check.check_env(where.at("env"), process.env);
  if (process.args.empty()) {
    check.report(where.at("args"), "must have at least one entry, the program to run");
  }
  check_rlimits(check, where.at("rlimits", "config.md#posix-process"), process.rlimits);
  check_linux_process(check, where, process);
  check_user(check, where.at("user", "config.md#user"), process.user);
}

}  // namespace ocirt::spec
