// Loads a seccomp filter. Knows no OCI word.
#pragma once

#include <linux/filter.h>

#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// seccomp(2), SECCOMP_SET_MODE_FILTER. `flags` are SECCOMP_FILTER_FLAG_*; with _NEW_LISTENER the
/// listener's fd is returned, else no fd.
///
/// Errors: Denied without no_new_privs and without CAP_SYS_ADMIN.
Result<UniqueFd> load_seccomp_filter(std::span<const sock_filter> filter, unsigned flags);

}  // namespace ocirt::sys
