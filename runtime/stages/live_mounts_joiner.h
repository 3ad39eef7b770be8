// The process that changes the mounts of a container that runs. Runs in: joiner.
#pragma once

#include <cstdint>
#include <vector>

#include "base/path.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/rootfs.h"

namespace ocirt::stages {

struct LiveMountsArguments {
  const plan::RootfsPlan* plan = nullptr;  // what is added; null: something is removed
  RootfsHandles* held = nullptr;
  std::vector<ContainerPath> destinations = {};  // what is removed
  uint64_t namespaces = 0;                       // CLONE_NEW* to join
  int container_init = -1;                       // a pidfd, borrowed
  UniqueFd creator_end = {};
  UniqueFd joiner_end = {};
};

/// Joins the container's mount namespace and does what is asked. `arguments` is a
/// LiveMountsArguments.
[[noreturn]] void live_mounts_joiner_main(void* arguments) noexcept;

}  // namespace ocirt::stages
