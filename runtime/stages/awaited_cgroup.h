// The container's cgroup as init sees it: something that it may have to wait for. Runs in: init.
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

/// With systemd, init is put into its cgroup while it builds the container: systemd takes
/// milliseconds, and most of init's work doesn't depend on it. Without, it is there from the start.
class AwaitedCgroup {
 public:
  AwaitedCgroup(const plan::CreatePlan& plan, const Channel& creator)
      : plan_(&plan), creator_(&creator) {}

  /// Is there nothing to wait for?
  [[nodiscard]] bool is_there() const { return !plan_->cgroup.unit; }

  /// Waits until init is in its cgroup, and makes the cgroup namespace that begins there. Only the
  /// first call does anything.
  Result<> enter();

 private:
  const plan::CreatePlan* plan_;
  const Channel* creator_;
  bool entered_ = false;
};

}  // namespace ocirt::stages
