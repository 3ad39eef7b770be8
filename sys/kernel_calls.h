// Which system calls this kernel has, of those that we can't do without. Knows no OCI word.
#pragma once

#include <string>
#include <vector>

namespace ocirt::sys {

/// The names of calls that the kernel, or a seccomp filter around us, doesn't have (ENOSYS).
std::vector<std::string> missing_calls();

/// Whether the kernel has the seccomp action `action` (SECCOMP_RET_*), hence filters at all.
bool has_seccomp_action(unsigned action);

/// "6.18.44"
std::string kernel_release();

}  // namespace ocirt::sys
