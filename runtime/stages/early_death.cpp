// Why a container's first process died before it was ready. Runs in: creator.
#include "runtime/stages/early_death.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kMostText = 4096;
constexpr uint64_t kKibibyte = 1024;
constexpr uint64_t kMebibyte = 1024 * kKibibyte;

// Empty where there is no such file.
std::string read_text(const std::string& path) {
  return sys::read_file(AT_FDCWD, path.c_str(), kMostText).value_or(std::string());
}

std::optional<uint64_t> to_number(std::string_view text) {
  uint64_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) return {};
  return number;
}

std::string in_units(uint64_t bytes) {
  if (bytes < 10 * kMebibyte) return fmt::format("{} KiB", bytes / kKibibyte);
  return fmt::format("{} MiB", bytes / kMebibyte);
}

bool counts_memory(const plan::CgroupDirectory& directory) {
  return directory.v2 || std::find(directory.controllers.begin(), directory.controllers.end(),
                                   "memory") != directory.controllers.end();
}

// The limit of the container: of its cgroup, or of the unit's above it.
std::optional<uint64_t> limit_of(const plan::CgroupPlan& cgroup, const std::string& path,
                                 const char* file) {
  const std::optional<uint64_t> own = to_number(read_text(path + file));
  if (own || !cgroup.unit) return own;
  return to_number(read_text(path.substr(0, path.rfind('/')) + file));
}

// ": memory limit 100 KiB, peak 100 KiB (oom_kill=1)". Empty if no process was killed for memory.
std::string tell_of_memory(const plan::CgroupPlan& cgroup) {
  for (const plan::CgroupDirectory& directory : cgroup.directories) {
    if (!counts_memory(directory)) continue;
    const std::string path = directory.mount_point.text + directory.path;
    const std::string events =
        read_text(path + (directory.v2 ? "/memory.events" : "/memory.oom_control"));
    const uint64_t kills = to_number(sys::cgroup_value(events, "oom_kill")).value_or(0);
    if (kills == 0) continue;
    std::string story;
    if (const auto limit =
            limit_of(cgroup, path, directory.v2 ? "/memory.max" : "/memory.limit_in_bytes")) {
      story += fmt::format("memory limit {}, ", in_units(*limit));
    }
    if (const auto peak = to_number(
            read_text(path + (directory.v2 ? "/memory.peak" : "/memory.max_usage_in_bytes")))) {
      story += fmt::format("peak {} ", in_units(*peak));
    }
    return fmt::format("{}(oom_kill={})", story, kills);
  }
  return {};
}

}  // namespace

Error explain_early_death(const plan::CgroupPlan& cgroup, sys::Child& init) {
  const Result<sys::ExitStatus> status = init.wait();
  if (!status || !status->signalled) {
    return make_error(ErrorKind::System, "the container's first process ended without a word");
  }
  if (status->code != SIGKILL) {
    return make_error(ErrorKind::System,
                      fmt::format("the container's first process died of signal {}", status->code));
  }
  if (const std::string story = tell_of_memory(cgroup); !story.empty()) {
    return make_error(ErrorKind::System, "killed by the kernel while starting: " + story)
        .with_hint("raise the memory limit: --memory 16m, or linux.resources.memory.limit");
  }
  return make_error(ErrorKind::System, "the container was killed while it was made")
      .with_hint("the kernel does so when the memory limit is too low to start: raise it");
}

}  // namespace ocirt::stages
