// The process that enters a container, and the one that stays there. Runs in: joiner, payload to
// be.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/cgroup.h"
#include "sys/processors.h"

namespace ocirt::stages {

/// What the `exec` process holds before the clone.
struct ExecHandles {
  UniqueFd creator_end;
  UniqueFd joiner_end;
  int container_init = -1;  // a pidfd, borrowed
  CgroupHandles cgroup;
  std::vector<sock_filter> seccomp;  // empty: no filter
  UniqueFd console_socket;
  sys::ProcessorPin pin;
  bool foreign_programs = false;
};

struct ExecArguments {
  const plan::ExecPlan& plan;
  ExecHandles& held;
};

/// Joins the container's namespaces, becomes the container's user in everything, and only then
/// clones the payload into its pid namespace. `arguments` is an ExecArguments.
[[noreturn]] void exec_joiner_main(void* arguments) noexcept;

}  // namespace ocirt::stages
