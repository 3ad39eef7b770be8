// Writes the id maps of init's user namespace. Runs in: creator.
#pragma once

#include <sys/types.h>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Errors: Denied with a hint where the host forbids it (AppArmor's userns restriction, newuidmap
///         without its privilege, ...).
Result<> write_id_maps(const plan::IdMapPlan& plan, pid_t pid);

}  // namespace ocirt::stages
