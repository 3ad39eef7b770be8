// Finds out what cgroups this host has and which of them are ours to use. Runs in: creator.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"

namespace ocirt::stages {

/// The host's cgroup layout, this process's place in it, and what it may hand on.
///
/// Cost:   on v2 one statfs, and two small files (/proc/self/cgroup and our cgroup's controllers);
///         on v1 and hybrid also /proc/self/mountinfo.
/// Errors: System when /proc or the cgroup file system can't be read. A host without cgroups is
///         CgroupLayout::None, no error.
Result<plan::CgroupFacts> probe_cgroups();

/// Each cgroup of the v2 tree at `mount_point` on the way down to `path`, both ends included.
Result<std::vector<plan::CgroupLevel>> probe_levels(const std::string& mount_point,
                                                    const std::string& path);

}  // namespace ocirt::stages
