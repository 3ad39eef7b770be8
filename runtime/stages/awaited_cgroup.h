// The container's cgroup as init sees it: something that it may have to wait for. Runs in: init.
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

/// With systemd, init is put into its cgroup while it builds the container: systemd takes
/// milliseconds, and most of init's work doesn't depend on it. Without, it is there from the start.
class AwaitedCgroup {
 public:
  AwaitedCgroup(const plan::CreatePlan& plan, const CgroupHandles& held, const Channel& creator)
      : plan_(&plan), held_(&held), creator_(&creator) {}

  /// Is there nothing to wait for?
  [[nodiscard]] bool is_there() const { return !plan_->cgroup.unit; }

  /// Waits until init is in its cgroup, and makes the cgroup namespace that begins there; then goes
  /// on to the delegated one below it, if there is one. Only the first call does anything.
  Result<> enter();

 private:
  const plan::CreatePlan* plan_;
  const CgroupHandles* held_;
  const Channel* creator_;
  bool entered_ = false;
};

}  // namespace ocirt::stages
