// Processes: clone3, pidfds, waiting. Knows no OCI word.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// A process by fd: what is signalled and waited for through it can't be another one that got its
/// pid since (pid reuse).
class [[nodiscard]] Pidfd {
 public:
  Pidfd() = default;
  explicit Pidfd(UniqueFd fd) : fd_(std::move(fd)) {}

  /// pidfd_open(2). Errors: NotFound (with ESRCH) when there is no such process.
  static Result<Pidfd> open(pid_t pid);

  [[nodiscard]] int get() const { return fd_.get(); }
  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(fd_); }

  /// pidfd_send_signal(2). Errors: NotFound when the process has ended.
  [[nodiscard]] Result<> send_signal(int signal) const;

  /// Waits until the process has ended, at most `timeout_ms` (-1: for ever). It need not be a
  /// child. False when the time was over first.
  [[nodiscard]] Result<bool> wait_for_end(int timeout_ms) const;

 private:
  UniqueFd fd_;
};

/// How a child ended.
struct ExitStatus {
  bool signalled = false;
  int code = 0;  // the exit code, or the signal

  /// As a shell reports it: the code, or 128 + the signal.
  [[nodiscard]] int shell_code() const { return signalled ? 128 + code : code; }
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// Owns a child process: killed and reaped when it goes, unless released.
class [[nodiscard]] Child {
 public:
  Child() = default;
  Child(pid_t pid, Pidfd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  Child& operator=(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const Pidfd& pidfd() const { return pidfd_; }

  /// Waits for the end and reaps. Afterwards nothing is owned any more.
  Result<ExitStatus> wait();

  /// Lets the child live on without us.
  void release() { pid_ = 0; }

 private:
  void kill_and_reap();

  pid_t pid_ = 0;
  Pidfd pidfd_;
};

struct CloneOptions {
  uint64_t flags = 0;            // CLONE_NEWPID, ...
  std::optional<int> cgroup_fd;  // CLONE_INTO_CGROUP: a cgroup v2 directory
};

/// What a child runs. It has a copy of the parent's memory, so `argument` may point anywhere.
using ChildMain = void (*)(void* argument) noexcept;

/// clone3(2) of a child that runs `main(argument)`, which must never return. The only function with
/// both sides of a clone.
Result<Child> spawn(const CloneOptions& options, ChildMain main, void* argument);

/// The same for a sibling: a child of our own parent (CLONE_PARENT), which reaps it. Returns its
/// pid as our pid namespace sees it.
Result<pid_t> spawn_sibling(const CloneOptions& options, ChildMain main, void* argument);

/// When the process with `pid` started, in clock ticks since boot (field 22 of proc(5)'s
/// /proc/pid/stat), and whether it is a zombie. With the pid it names one process for ever.
struct ProcessIdentity {
  uint64_t start_time = 0;
  bool zombie = false;
};

/// Errors: NotFound when there is no such process.
Result<ProcessIdentity> identify_process(pid_t pid);

}  // namespace ocirt::sys
