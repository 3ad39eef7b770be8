// Loads a seccomp filter. Knows no OCI word.
#include "sys/seccomp.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ocirt::sys {

Result<UniqueFd> load_seccomp_filter(std::span<const sock_filter> filter, unsigned flags) {
  // The kernel's struct isn't const, but the kernel only reads.
  const sock_fprog program = {.len = static_cast<unsigned short>(filter.size()),
                              .filter = const_cast<sock_filter*>(filter.data())};
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (result < 0) return last_error("load the seccomp filter");
  if ((flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) return UniqueFd(static_cast<int>(result));
  // With TSYNC a positive result is a thread that couldn't be brought in line.
  if (result > 0)
    return make_error(ErrorKind::System, "another thread has a seccomp filter already");
  return UniqueFd();
}

}  // namespace ocirt::sys
