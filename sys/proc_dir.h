// procfs that nobody could tamper with, for what has to be read or written there.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// Is `fd` the root directory of a procfs, and not some part of it or something else?
Result<bool> is_proc_root(int fd);

/// Owns an fd of the root of a procfs of our own pid namespace. A path below it never leaves that
/// very mount: what somebody mounted on top of "/proc/sys" or "/proc/self/attr" is not reached
/// (CVE-2019-16884, CVE-2025-52881).
///
/// Is "/proc" where that is a whole procfs and openat2 works, since that costs three cheap calls;
/// a private one, mounted nowhere, where it isn't, or where a path turns out to be mounted over
/// (that costs about 80 us).
class [[nodiscard]] ProcDir {
 public:
  static Result<ProcDir> open();

  /// Opens a path below /proc: "sys/kernel/domainname", "thread-self/attr/exec". O_CLOEXEC added.
  Result<UniqueFd> open(std::string_view path, int flags);

  /// Opens the file behind `fd` once more, with other flags.
  Result<UniqueFd> reopen(int fd, int flags);

  /// Writes `value` with one write(2) into an existing file below /proc.
  Result<> write(std::string_view path, std::string_view value);

 private:
  ProcDir(UniqueFd root, bool is_private) : root_(std::move(root)), private_(is_private) {}

  UniqueFd root_;
  bool private_;  // mounted nowhere: nothing can be on top of anything in it
};

}  // namespace ocirt::sys
