// Installs the plan's device rules as a program on the container's v2 cgroup. Runs in: creator.
#pragma once

#include <span>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Attaches the program for `rules` to the cgroup behind the directory fd `cgroup`. Nothing is
/// attached for rules that allow everything.
Result<> install_device_filter(int cgroup, std::span<const plan::DeviceAccess> rules);

}  // namespace ocirt::stages
