// Decides the container's cgroups: where they are, what is written to them, which devices it may
// use. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// Decides the cgroups of the container that `config` asks for.
///
/// Where:   linux.cgroupsPath below each hierarchy's mount point if it is absolute, below our own
///          cgroup if it is relative, "ocirt-<id>" below our own cgroup if it is absent: a
///          container that is started inside a batch job's cgroup stays inside the job's limits.
/// Without: a caller who can't make cgroups and asks for no limits stays in its own cgroup.
/// Errors:  InvalidConfig for a path with "..", Unsupported or Denied for a limit that can't be set
///          here; the text names the controller and the level where its delegation stops.
/// Spec:    config-linux.md#control-groups
Result<CgroupPlan> decide_cgroup(const spec::Config& config, const HostFacts& host,
                                 const CreateOptions& options);

/// The directories in which `exec --cgroup ASKED` puts a process: ASKED is a path below the
/// container's own cgroup, or "controller[,controller]:path" for one hierarchy of v1.
///
/// Errors: InvalidConfig for a path that leaves the container's cgroup or an unknown controller.
Result<std::vector<CgroupDirectory>> decide_exec_cgroup(
    const std::vector<CgroupDirectory>& container, std::string_view asked);

}  // namespace ocirt::plan
