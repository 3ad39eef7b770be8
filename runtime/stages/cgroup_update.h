// Changes the limits of a container that exists. Runs in: the process of update.
#pragma once

#include <span>

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/plan/update.h"

namespace ocirt::stages {

/// What the files in which decide_update() is interested say now.
plan::CurrentValues read_current_values(std::span<const plan::CgroupDirectory> directories);

/// Writes the plan's values, all or none: after a failure the files that hold a single value are
/// put back to what they said.
///
/// Errors: as make_cgroup(), with the file in the text; the hint tells what couldn't be put back.
Result<> update_cgroup(std::span<const plan::CgroupDirectory> directories,
                       const plan::UpdatePlan& plan);

}  // namespace ocirt::stages
