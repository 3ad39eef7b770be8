// The tables of config.md#process: keys, presence and section of the spec. For schema.cpp only.
#pragma once

#include <array>

#include "spec/config.h"
#include "spec/type.h"

namespace ocirt::spec {

template <>
struct Members<Box> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Box::height>("height"),
      required<&Box::width>("width"),
  });
};

template <>
struct Members<User> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&User::uid>("uid"),
      required<&User::gid>("gid"),
      optional<&User::umask>("umask"),
      optional<&User::additional_gids>("additionalGids"),
  });
};

template <>
struct Members<Rlimit> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Rlimit::type>("type"),
      required<&Rlimit::hard>("hard"),
      required<&Rlimit::soft>("soft"),
  });
};

template <>
struct Members<Capabilities> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Capabilities::bounding>("bounding"),
      optional<&Capabilities::effective>("effective"),
      optional<&Capabilities::inheritable>("inheritable"),
      optional<&Capabilities::permitted>("permitted"),
      optional<&Capabilities::ambient>("ambient"),
  });
};

template <>
struct Members<Scheduler> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&Scheduler::policy>("policy"),
      optional<&Scheduler::nice>("nice"),
      optional<&Scheduler::priority>("priority"),
      optional<&Scheduler::flags>("flags"),
      optional<&Scheduler::runtime>("runtime"),
      optional<&Scheduler::deadline>("deadline"),
      optional<&Scheduler::period>("period"),
  });
};

template <>
struct Members<IoPriority> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&IoPriority::class_name>("class"),
      required<&IoPriority::priority>("priority"),
  });
};

template <>
struct Members<ExecCpuAffinity> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&ExecCpuAffinity::initial>("initial"),
      optional<&ExecCpuAffinity::final_>("final"),
  });
};

template <>
struct Members<Process> {
  static constexpr auto kTable = std::to_array<Member>({
      optional<&Process::terminal>("terminal"),
      optional<&Process::console_size>("consoleSize"),
      required<&Process::cwd>("cwd"),
      optional<&Process::env>("env"),
      optional<&Process::args>("args"),
      optional<&Process::rlimits>("rlimits", "config.md#posix-process"),
      optional<&Process::apparmor_profile>("apparmorProfile", "config.md#linux-process"),
      optional<&Process::capabilities>("capabilities", "config.md#linux-process"),
      optional<&Process::no_new_privileges>("noNewPrivileges", "config.md#linux-process"),
      optional<&Process::oom_score_adj>("oomScoreAdj", "config.md#linux-process"),
      optional<&Process::scheduler>("scheduler", "config.md#linux-process"),
      optional<&Process::selinux_label>("selinuxLabel", "config.md#linux-process"),
      optional<&Process::io_priority>("ioPriority", "config.md#linux-process"),
      optional<&Process::exec_cpu_affinity>("execCPUAffinity", "config.md#linux-process"),
      optional<&Process::user>("user", "config.md#user"),
  });
};

}  // namespace ocirt::spec
