// Starts the runtime and the exit command.
#include "shim/spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

extern char** environ;

namespace ocirt::shim {
namespace {

constexpr std::string_view kListenPid = "LISTEN_PID=";

// Everything that the child needs, laid out before it is born: it shares our memory, so it must not
// allocate, and may write to nothing but `listen_pid` and `failed_with`.
struct Request {
  const Spawn* spawn;
  char* const* argv;
  char* const* envp;
  pid_t parent;
  std::array<char, 32> listen_pid;
  int failed_with;
};

void write_listen_pid(Request& request) {
  char* digits = request.listen_pid.data() + kListenPid.size();
  const auto end =
      std::to_chars(digits, request.listen_pid.data() + request.listen_pid.size() - 1, ::getpid());
  *end.ptr = '\0';
}

// Runs in: vfork child.
void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  (void)::sigaction(SIGPIPE, &standard, nullptr);
  (void)::sigaction(SIGTERM, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool place(int from, int to) {
  return from < 0 || ::dup2(from, to) >= 0;
}

int run(void* argument) noexcept {
  auto& request = *static_cast<Request*>(argument);
  const Spawn& spawn = *request.spawn;
  reset_signals();
  if (spawn.dies_with_us) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != request.parent) _exit(127);  // it was gone before we asked
  }
  if (!spawn.oom_score_adj.empty()) {
    const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
      (void)!::write(fd, spawn.oom_score_adj.data(), spawn.oom_score_adj.size());
      (void)::close(fd);
    }
  }
  if (request.listen_pid[0] != '\0') write_listen_pid(request);
  if (place(spawn.stdin_fd, 0) && place(spawn.stdout_fd, 1) && place(spawn.stderr_fd, 2)) {
    if (spawn.closes_fds) (void)::syscall(SYS_close_range, 3U, ~0U, 0U);
    if (spawn.searches_path) {
      (void)::execvpe(request.argv[0], request.argv, request.envp);
    } else {
      (void)::execve(request.argv[0], request.argv, request.envp);
    }
  }
  request.failed_with = errno;
  _exit(127);
}

// LISTEN_PID is for us, or is to be the runtime's in any case.
bool wants_listen_pid(const char* variable, bool in_any_case) {
  const std::string_view text(variable);
  if (!text.starts_with(kListenPid)) return false;
  return in_any_case || text.substr(kListenPid.size()) == std::to_string(::getpid());
}

}  // namespace

Result<sys::Child> start(const Spawn& spawn) {
  std::vector<char*> argv;
  argv.reserve(spawn.argv.size() + 1);
  for (const std::string& word : spawn.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  Request request{.spawn = &spawn,
                  .argv = argv.data(),
                  .envp = nullptr,
                  .parent = ::getpid(),
                  .listen_pid = {},
                  .failed_with = 0};
  std::vector<char*> envp;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (wants_listen_pid(*variable, spawn.replaces_listen_pid)) {
      std::memcpy(request.listen_pid.data(), kListenPid.data(), kListenPid.size());
      envp.push_back(request.listen_pid.data());
    } else {
      envp.push_back(*variable);
    }
  }
  envp.push_back(nullptr);
  request.envp = envp.data();

  constexpr size_t kStackSize = 32 * 1024;
  alignas(16) std::array<char, kStackSize> stack;  // ours, but we sleep while it is used
  int pidfd = -1;
  const int pid = ::clone(run, stack.data() + stack.size(),
                          CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &request, &pidfd);
  if (pid < 0) return last_error("start \"" + spawn.argv[0] + "\"");
  sys::Child child(pid, sys::Pidfd(UniqueFd(pidfd)));
  if (request.failed_with != 0) {
    return system_error(request.failed_with, "execute \"" + spawn.argv[0] + "\"");
  }
  return child;
}

}  // namespace ocirt::shim
