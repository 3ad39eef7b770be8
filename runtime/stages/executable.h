// Finds the payload's program as its user will see it, so that what is wrong with it is known when
// the container is made and not when it starts. Runs in: init, and the process that `exec` adds.
#pragma once

#include <string>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// The path to execute for `process.args[0]`: itself if it has a slash, else the first match in the
/// PATH of `process.env`.
///
/// `foreign_programs`: the kernel may run programs of other machine types, so they are no error.
/// Errors: NotFound or Denied, with the texts that engines map to exit codes 127 and 126.
Result<std::string> find_executable(const plan::ProcessPlan& process, bool foreign_programs);

/// What HOME has to be set to, as the container's /etc/passwd says, "/" when it doesn't; empty when
/// `process.env` sets it already. Opens files: before a seccomp filter is loaded.
std::string missing_home(const plan::ProcessPlan& process);

}  // namespace ocirt::stages
