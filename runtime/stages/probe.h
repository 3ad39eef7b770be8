// Gathers the facts about this process and this host that decisions depend on. Runs in: creator.
#pragma once

#include "base/result.h"
#include "runtime/plan/host_facts.h"

namespace ocirt::stages {

/// Who we are, what rights we have, which cgroups and security modules this host has.
///
/// Cost:   about a dozen system calls for root, plus probe_cgroups(). What only a user without
///         rights needs (subordinate ids, newuidmap; the maps of a user namespace) is only
///         read for such a user.
/// Errors: System when /proc can't be read.
Result<plan::HostFacts> probe_host();

}  // namespace ocirt::stages
