// Config and HostFacts become a Plan: every decision, and nothing but decisions. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// Decides how the container that `config` asks for is made on `host`. `config` has passed
/// spec::validate().
///
/// Errors: InvalidConfig for what makes no sense here, Unsupported for what this build or this host
///         can't do. Never drops anything that was asked for in silence.
Result<CreatePlan> decide(const spec::Config& config, const HostFacts& host,
                          const CreateOptions& options);

/// Decides how `process` is run in a container that was made from `config` and sits in `cgroup`.
Result<ExecPlan> decide_exec(const spec::Config& config, const spec::Process& process,
                             const HostFacts& host, const std::vector<CgroupDirectory>& cgroup,
                             const ExecOptions& options);

/// Decides how config.mounts are added to a container that runs. `config` is that container's, with
/// its own mounts replaced by those asked for; a relative source is below `bundle`. The plan's root
/// is the container's, which its processes may change meanwhile.
///
/// Errors: as decide(); Unsupported for what can't be added later.
Result<RootfsPlan> decide_live_mounts(const spec::Config& config, const HostFacts& host,
                                      const HostPath& bundle);

/// Where the hooks of a container with these annotations print to.
HookFiles decide_hook_files(const std::map<std::string, std::string>& annotations);

/// The plan as indented JSON: for `ocirt plan`, golden files and bug reports. Flags are printed by
/// their names ("CLONE_NEWPID", "MOUNT_ATTR_RDONLY").
std::string print_plan(const CreatePlan& plan);

}  // namespace ocirt::plan
