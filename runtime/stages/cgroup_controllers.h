// Hands v2 controllers down to the container's cgroup. Runs in: creator.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Makes sure that the parent of `directory`, which must exist, hands down all of `required`, and
/// those of `wanted` that nothing forbids.
///
/// Usually the parent does so already, or can at once: one write. Where it doesn't get a controller
/// itself, each level from the mount point down is asked.
///
/// Errors: Denied, Unsupported or System for a required controller; the text names it and the level
///         that stops it.
Result<> hand_down_controllers(const plan::CgroupDirectory& directory,
                               const std::vector<std::string>& required,
                               const std::vector<std::string>& wanted);

}  // namespace ocirt::stages
