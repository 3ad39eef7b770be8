// Signals processes that a list names. Runs in: the processes of kill and delete.
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sys/process.h"

namespace ocirt::stages {

/// Sends `signal` once to each process of `list()`, which gives a Result with sorted pids.
///
/// A pid may be another process's by the time that it is signalled. So each is opened first, and
/// signalled if the list, asked again, still has it: then what was opened is what is listed.
template <typename List>
Result<> signal_listed(List list, int signal) {
  std::vector<std::pair<pid_t, sys::Pidfd>> opened;
  const std::vector<pid_t> first = TRY(list());
  for (const pid_t pid : first) {
    Result<sys::Pidfd> pidfd = sys::Pidfd::open(pid);
    if (pidfd) opened.emplace_back(pid, *std::move(pidfd));  // else it has ended
  }
  const std::vector<pid_t> still_there = TRY(list());
  for (const auto& [pid, pidfd] : opened) {
    if (!std::binary_search(still_there.begin(), still_there.end(), pid)) continue;
    Result<> sent = pidfd.send_signal(signal);
    if (!sent && sent.error().kind != ErrorKind::NotFound) return sent;
  }
  return {};
}

}  // namespace ocirt::stages
