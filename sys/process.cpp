// Processes: clone3, pidfds, waiting. Knows no OCI word.
#include "sys/process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "sys/file.h"

namespace ocirt::sys {

Result<Pidfd> Pidfd::open(pid_t pid) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) {
    Error error = last_error(fmt::format("open process {}", pid));
    if (error.errno_value == ESRCH) error.kind = ErrorKind::NotFound;
    return error;
  }
  return Pidfd(UniqueFd(fd));  // always O_CLOEXEC, pidfd_open(2)
}

Result<> Pidfd::send_signal(int signal) const {
  if (syscall(SYS_pidfd_send_signal, fd_.get(), signal, nullptr, 0) < 0) {
    Error error = last_error(fmt::format("send signal {}", signal));
    if (error.errno_value == ESRCH) error.kind = ErrorKind::NotFound;
    return error;
  }
  return {};
}

Result<bool> Pidfd::wait_for_end(int timeout_ms) const {
  pollfd wanted{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&wanted, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return last_error("wait for a process");
  return ready > 0;
}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill_and_reap();
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

Child::~Child() {
  kill_and_reap();
}

void Child::kill_and_reap() {
  if (pid_ == 0) return;
  (void)pidfd_.send_signal(SIGKILL);  // it may have ended already
  (void)wait();                       // nobody to tell
}

Result<ExitStatus> Child::wait() {
  int status = 0;
  pid_t waited = 0;
  do {
    waited = ::waitpid(pid_, &status, 0);
  } while (waited < 0 && errno == EINTR);
  const pid_t pid = std::exchange(pid_, 0);
  if (waited < 0) return last_error(fmt::format("wait for process {}", pid));
  if (WIFSIGNALED(status)) return ExitStatus{.signalled = true, .code = WTERMSIG(status)};
  return ExitStatus{.signalled = false, .code = WEXITSTATUS(status)};
}

namespace {

struct CloneOutcome {
  pid_t pid = 0;
  UniqueFd pidfd;
};

Result<CloneOutcome> clone_and_run(const CloneOptions& options, uint64_t extra_flags,
                                   uint64_t exit_signal, ChildMain main, void* argument) {
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = options.flags | extra_flags;
  arguments.exit_signal = exit_signal;
  if ((arguments.flags & CLONE_PIDFD) != 0) {
    arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  }
  if (options.cgroup_fd) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<uint64_t>(*options.cgroup_fd);
  }
  const auto pid = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid < 0) return last_error("clone a process");
  if (pid == 0) {
    main(argument);
    _exit(127);  // not reached: main() never returns
  }
  return CloneOutcome{.pid = pid, .pidfd = UniqueFd(pidfd)};
}

}  // namespace

Result<Child> spawn(const CloneOptions& options, ChildMain main, void* argument) {
  CloneOutcome outcome = TRY(clone_and_run(options, CLONE_PIDFD, SIGCHLD, main, argument));
  return Child(outcome.pid, Pidfd(std::move(outcome.pidfd)));
}

Result<pid_t> spawn_sibling(const CloneOptions& options, ChildMain main, void* argument) {
  // The kernel wants no exit signal here: a sibling has the one of its parent's other child.
  Result<CloneOutcome> outcome = clone_and_run(options, CLONE_PARENT, 0, main, argument);
  if (outcome) return outcome->pid;
  // Seccomp profiles answer ENOSYS for clone3, since a filter can't look into its argument.
  if (outcome.error().errno_value != ENOSYS || options.cgroup_fd) return std::move(outcome).error();
  const auto pid = static_cast<pid_t>(
      syscall(SYS_clone, options.flags | CLONE_PARENT, nullptr, nullptr, nullptr, 0));
  if (pid < 0) return last_error("clone a process");
  if (pid == 0) {
    main(argument);
    _exit(127);  // not reached: main() never returns
  }
  return pid;
}

Result<ProcessIdentity> identify_process(pid_t pid) {
  Result<std::string> line =
      read_short_file(AT_FDCWD, fmt::format("/proc/{}/stat", pid).c_str(), 4096);
  if (!line) {
    // ESRCH: it ended between open and read.
    if (line.error().errno_value == ESRCH) line.error().kind = ErrorKind::NotFound;
    return std::move(line).error();
  }
  // The second field is the name in parentheses, which may itself hold any character.
  const size_t name_end = line->rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= line->size()) {
    return make_error(ErrorKind::System, fmt::format("unreadable /proc/{}/stat", pid));
  }
  std::string_view rest = std::string_view(*line).substr(name_end + 2);
  ProcessIdentity identity;
  identity.zombie = rest[0] == 'Z' || rest[0] == 'X';
  constexpr int kFieldsBefore = 19;  // fields 3 to 21 stand before the start time
  for (int i = 0; i < kFieldsBefore; ++i) {
    const size_t space = rest.find(' ');
    if (space == std::string_view::npos) {
      return make_error(ErrorKind::System, fmt::format("unreadable /proc/{}/stat", pid));
    }
    rest.remove_prefix(space + 1);
  }
  std::from_chars(rest.data(), rest.data() + rest.size(), identity.start_time);
  return identity;
}

}  // namespace ocirt::sys
