// Removes the container's cgroups. Runs in: the process of delete, and the creator that failed.
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>

#include "runtime/stages/cgroup.h"
#include "sys/cgroup.h"

namespace ocirt::stages {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTimeout{10'000};

Error still_used(const std::string& path) {
  std::string who;
  std::vector<pid_t> pids;
  if (const Result<UniqueFd> cgroup = sys::open_cgroup(AT_FDCWD, path)) {
    (void)sys::add_cgroup_pids(cgroup->get(), pids);  // only makes the text better
  }
  for (size_t i = 0; i < std::min<size_t>(pids.size(), 5); ++i)
    who += " " + std::to_string(pids[i]);
  return system_error(
      EBUSY, "remove cgroup " + path + (who.empty() ? "" : ", where processes don't end:" + who));
}

// Processes that were killed need a moment to leave. v2 tells when they have, v1 doesn't.
Result<> remove_one(const plan::CgroupDirectory& directory, Clock::time_point deadline) {
  constexpr useconds_t kFirstPause_us = 100;
  constexpr useconds_t kLongestPause_us = 20'000;
  const std::string path = directory.mount_point.text + directory.path;
  for (useconds_t pause_us = kFirstPause_us; !TRY(sys::remove_cgroup_tree(path));) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return still_used(path);
    if (directory.v2) {
      const Result<UniqueFd> cgroup = sys::open_cgroup(AT_FDCWD, path);
      if (!cgroup) continue;  // gone meanwhile: the next try finds out
      (void)sys::wait_for_cgroup_event(cgroup->get(), "populated", "0", static_cast<int>(left));
    }
    (void)usleep(pause_us);
    pause_us = std::min(pause_us * 2, kLongestPause_us);
  }
  return {};
}

}  // namespace

Result<> remove_cgroup(std::span<const plan::CgroupDirectory> directories) {
  const Clock::time_point deadline = Clock::now() + kTimeout;
  Result<> first_error;
  for (const plan::CgroupDirectory& directory : directories) {
    // The others are removed even if one can't be.
    Result<> removed = remove_one(directory, deadline);
    if (!removed && first_error) first_error = std::move(removed);
  }
  return first_error;
}

}  // namespace ocirt::stages
