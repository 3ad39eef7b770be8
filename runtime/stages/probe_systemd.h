// Finds out what there is of systemd. Runs in: creator, where --systemd-cgroup is given.
#pragma once

#include "base/result.h"
#include "runtime/plan/host_facts.h"

namespace ocirt::stages {

/// Fills `host.systemd` by what the rest of `host` says. Talks to nobody: sockets are only looked
/// at.
Result<> probe_systemd(plan::HostFacts& host);

}  // namespace ocirt::stages
