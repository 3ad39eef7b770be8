// Decides what `update` changes in the cgroups of a container that exists. Pure.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/cgroup_limits.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// What cgroup files of the container say now: file to text, as far as the files exist.
using CurrentValues = std::map<std::string, std::string, std::less<>>;

/// The files that decide_update() wants to know of.
std::span<const std::string_view> files_to_look_at();

struct UpdatePlan {
  spec::Resources resources;  // all limits of the container from then on
  /// v2 controllers that every ancestor has to hand down.
  std::vector<std::string> enabled_controllers;
  std::vector<CgroupWrite> writes;  // in order
  friend bool operator==(const UpdatePlan&, const UpdatePlan&) = default;
};

/// Decides how the limits `old` become what `asked` asks for.
///
/// Only what is in `asked` changes, and what can't be said without it: swap in v2, whose limit is
/// what config.json calls swap less that of memory. A number of 0 means "as it is" where 0 is no
/// limit, empty cpus and mems too, as in runc. Devices stay as they are, as in runc: whoever gave
/// the container more since it was made (a GPU, say) must not lose it by an update.
///
/// Order:  the kernel checks each write against what the other files hold at that time, so what
///         has to be raised comes before what depends on it, and after it what is lowered.
/// Errors: as decide_limits(); BadState when memory.checkBeforeUpdate finds more in use.
/// Spec:   config-linux.md#memory
Result<UpdatePlan> decide_update(const spec::Resources& old, const spec::Resources& asked,
                                 const CurrentValues& current, const CgroupView& view);

/// `old` with everything in its place that `asked` says; lists are merged by device, page size or
/// name. What is 0 or empty and thereby no limit says nothing.
spec::Resources merge_resources(spec::Resources old, const spec::Resources& asked);

}  // namespace ocirt::plan
