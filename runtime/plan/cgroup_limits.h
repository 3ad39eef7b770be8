// Turns linux.resources into values for the files of cgroup v1 and v2. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// What limits are decided against.
struct CgroupView {
  const CgroupFacts& facts;
  /// The container's directories; the controllers of the v2 one are those that it can have.
  const std::vector<CgroupDirectory>& directories;
  bool privileged = false;  // root of the host
  bool disabled = false;    // the caller wants no cgroups
};

struct CgroupLimits {
  std::vector<CgroupWrite> writes;          // in order
  std::vector<std::string> v2_controllers;  // that they need
};

/// Everything in `resources` but the devices.
///
/// Errors: InvalidConfig for values that contradict each other; Unsupported or Denied for a limit
///         that this host or kernel can't set, naming the controller and what stands in the way.
///         No limit is dropped, but those of kernel memory, which kernels since 5.4 don't have.
Result<CgroupLimits> decide_limits(const spec::Resources& resources, const CgroupView& view);

/// The weight of cgroup v2 (1 to 10000) for the shares of v1 (2 to 262144): the curve that
/// runc 1.3.2 and crun 1.23 brought, which keeps the default where it was (1024 shares are weight
/// 100).
uint64_t cpu_weight(uint64_t shares);

/// Why no directory of the container can set `asked` ("linux.resources.memory"), which needs
/// `controller`; with a hint for the user or the administrator.
Error controller_error(const CgroupView& view, std::string_view controller, std::string_view asked);

}  // namespace ocirt::plan
