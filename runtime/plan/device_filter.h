// Decides which devices a container may use. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// The rules for a container whose config has `asked`, in order: a later rule wins.
///
/// They begin with "everything is denied", whatever the config says or doesn't say
/// (GHSA-g54h-m393-cpwq), unless the config allows everything. They end with the devices that every
/// container may use (config-linux.md#default-devices, and making any device node). These come
/// after the config's own rules, as in runc and crun: engines begin theirs with "deny all", and yet
/// expect /dev/null to work.
///
/// Errors: InvalidConfig for numbers that no device has.
Result<std::vector<DeviceAccess>> decide_device_filter(const std::vector<spec::DeviceRule>& asked);

/// The same rules as writes for the devices controller of cgroup v1, whose directory has the index
/// `directory`. The kernel's list there isn't ordered: it is one default and exceptions from it.
///
/// Errors: Unsupported for rules that can't be said so ("all of a kind, but not this one").
Result<std::vector<CgroupWrite>> device_writes(const std::vector<DeviceAccess>& rules,
                                               size_t directory);

}  // namespace ocirt::plan
