// Why a container's first process died before it was ready. Runs in: creator.
#pragma once

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "sys/process.h"

namespace ocirt::stages {

/// What is known of the death of `init`, which reports what it can; what it can't is its own death.
/// Waits for its end. With the numbers of its cgroup where the kernel killed for want of memory.
Error explain_early_death(const plan::CgroupPlan& cgroup, sys::Child& init);

}  // namespace ocirt::stages
