// Gathers the facts about this process and this host that decisions depend on. Runs in: creator.
#pragma once

#include "base/result.h"
#include "runtime/plan/host_facts.h"

namespace ocirt::stages {

/// Who we are, what rights we have, which security modules this host has: all facts but the
/// cgroups, which `exec` has no question about.
///
/// Cost:   about a dozen system calls for root. What only a user without rights needs (subordinate
///         ids, newuidmap; the maps of a user namespace) is only read for such a user.
/// Errors: System when /proc can't be read.
Result<plan::HostFacts> probe_caller();

/// The same, and probe_cgroups(), which costs as much again.
Result<plan::HostFacts> probe_host();

}  // namespace ocirt::stages
