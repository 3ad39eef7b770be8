// Who is in a pid namespace. Knows no OCI word.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"

namespace ocirt::sys {

/// The processes in the pid namespace of `pid` and in those below it, by their pids in ours;
/// sorted. Processes into which we may not look (ptrace(2)) are none of ours, and left out.
///
/// Cost:   two system calls for each process that this /proc shows.
/// Errors: NotFound when `pid` has ended; Unsupported when its namespace is our own, where the
///         answer would be everybody.
Result<std::vector<pid_t>> pid_namespace_members(pid_t pid);

}  // namespace ocirt::sys
