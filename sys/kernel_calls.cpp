// Which system calls this kernel has, of those that we can't do without. Knows no OCI word.
#include "sys/kernel_calls.h"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace ocirt::sys {

namespace {

struct Call {
  const char* name;
  long number;
};

constexpr std::array<Call, 10> kNeeded = {{
    {"clone3", SYS_clone3},
    {"openat2", SYS_openat2},
    {"open_tree", SYS_open_tree},
    {"move_mount", SYS_move_mount},
    {"fsopen", SYS_fsopen},
    {"fsmount", SYS_fsmount},
    {"mount_setattr", SYS_mount_setattr},
    {"close_range", SYS_close_range},
    {"pidfd_open", SYS_pidfd_open},
    {"pidfd_send_signal", SYS_pidfd_send_signal},
}};

}  // namespace

std::vector<std::string> missing_calls() {
  std::vector<std::string> missing;
  for (const Call& call : kNeeded) {
    // With arguments that are wrong for each of them: no fd, no address, flags that don't exist.
    const long result = ::syscall(call.number, -1L, 0L, -1L, 0L, 0L, 0L);
    if (result < 0 && errno == ENOSYS) missing.emplace_back(call.name);
  }
  return missing;
}

bool has_seccomp_action(unsigned action) {
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

std::string kernel_release() {
  utsname name{};
  return ::uname(&name) == 0 ? name.release : "unknown";
}

}  // namespace ocirt::sys
