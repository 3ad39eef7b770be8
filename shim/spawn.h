// Starts the runtime and the exit command.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/process.h"

namespace ocirt::shim {

/// A program that gets our environment and, unless `closes_fds`, every fd that isn't O_CLOEXEC.
struct Spawn {
  std::span<const std::string> argv;  // argv[0] is the program's path
  int stdin_fd = -1;                  // borrowed; -1: ours
  int stdout_fd = -1;
  int stderr_fd = -1;
  bool dies_with_us = false;         // SIGKILL when the monitor goes
  bool closes_fds = false;           // all from 3 on
  bool searches_path = false;        // for a name without "/"
  bool replaces_listen_pid = false;  // LISTEN_PID, if it is set, becomes the child's pid
  std::string_view oom_score_adj;    // written by the child for itself; empty: left as it is
};

/// Starts it in a vfork child. Errors: the errno of execve(2), about argv[0].
Result<sys::Child> start(const Spawn& spawn);

}  // namespace ocirt::shim
