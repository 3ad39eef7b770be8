// Puts the container into a class of service of the resctrl file system (the kernel's resctrl.rst).
// Runs in: creator, and the `exec` and `delete` processes.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/store/state.h"

namespace ocirt::stages {

/// The groups that `plan` names, for the state file.
store::RdtGroups rdt_groups(const plan::RdtPlan& plan);

/// Makes or checks the class of service, writes its schemata, makes the monitoring group. What was
/// made is removed again on failure.
///
/// Errors: AlreadyExists for a group of the container's own that is there; NotFound for a class
///         that nobody has set up; InvalidConfig where a class has other schemata than asked;
///         System with the kernel's own words (info/last_cmd_status) for what it refuses.
/// Spec:   config-linux.md#intelrdt
Result<> make_rdt(const plan::RdtPlan& plan);

/// Puts `pid`, and what it forks from then on, into the groups.
Result<> enter_rdt(const store::RdtGroups& groups, pid_t pid);

/// Writes `lines` ("L3:0=f;1=ff") to the schemata of the container's class, which others may be in,
/// too.
///
/// Errors: Unsupported when the container has no class.
Result<> update_rdt(const store::RdtGroups& groups, std::span<const std::string> lines);

/// The root of the file system that the class `group` is a directory of, or the root of.
std::string rdt_root_of(const std::string& group);

/// Removes what belongs to the container alone. No error when it is gone.
Result<> remove_rdt(const store::RdtGroups& groups);

/// Whether `schemata`, as the kernel prints it, has all that `line` asks for: "L3:0=f;1=ff".
bool has_schema(std::string_view schemata, std::string_view line);

}  // namespace ocirt::stages
