// The process that the monitor is there for.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "shim/model/reports.h"
#include "sys/process.h"

namespace ocirt::shim {

/// The number in a pid file. Errors: also for a file that holds none.
Result<pid_t> read_pid_file(const std::string& path);

/// Is it a pidfd, as the kernel has them since Linux 6.9? Such a one can be mounted, too.
bool is_pidfd(int fd);

/// Held by a pidfd: signalled and asked through it alone.
class Payload {
 public:
  Payload() = default;
  static Result<Payload> open(pid_t pid);
  /// One that a pidfd is known of, whose pid may be another's by now.
  static Payload adopt(pid_t pid, UniqueFd pidfd);

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return pidfd_.get(); }
  [[nodiscard]] explicit operator bool() const { return pid_ > 0; }

  void signal(int number) const;
  /// SIGKILL, to its whole process group where it leads one.
  void kill_group() const;

  /// Reaps it, if it has ended. True when it has, with its fate in `ending`; what isn't our child
  /// is reaped by another, and only the kernel can tell us (PIDFD_GET_INFO, Linux 6.15).
  bool has_ended(Ending& ending);

 private:
  bool ask_kernel(Ending& ending) const;

  pid_t pid_ = 0;
  sys::Pidfd pidfd_;
};

}  // namespace ocirt::shim
