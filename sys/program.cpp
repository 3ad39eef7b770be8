// Running another program: hooks and id-mapping helpers. Knows no OCI word.
#include "sys/program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "sys/file.h"

namespace ocirt::sys {

namespace {

constexpr int kFirstMoreFd = 3;
constexpr int kMostMoreFds = 64;

// Everything that the vfork child needs, laid out before it is born: it shares our memory, so it
// must neither allocate nor change what we look at later, but for `failed_with`.
struct ExecRequest {
  const char* path;
  char* const* argv;
  char* const* envp;
  const char* cwd;
  int stdin_fd;
  int output_fd;
  int error_fd;
  const int* more_fds;
  int more_count;
  bool new_session;
  int failed_with;
};

// Puts the fds at 3, 4, ...; all of them first above these, lest one is overwritten before it is
// moved. Runs in: vfork child, whose table of fds is its own.
bool place_more_fds(const ExecRequest& request) noexcept {
  const int end = kFirstMoreFd + request.more_count;
  int moved[kMostMoreFds];
  for (int i = 0; i < request.more_count; ++i) {
    moved[i] = ::fcntl(request.more_fds[i], F_DUPFD_CLOEXEC, end);
    if (moved[i] < 0) return false;
  }
  for (int i = 0; i < request.more_count; ++i) {
    if (::dup2(moved[i], kFirstMoreFd + i) < 0) return false;
  }
  return true;
}

// Runs in: vfork child.
int exec_program(void* argument) noexcept {
  auto* request = static_cast<ExecRequest*>(argument);
  // Handlers and masks of ours must not reach the program; ignored signals would stay ignored.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) (void)sigaction(signal, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  (void)sigprocmask(SIG_SETMASK, &none, nullptr);

  const int null_fd = request->stdin_fd >= 0 ? -1 : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int input = request->stdin_fd >= 0 ? request->stdin_fd : null_fd;
  if (input >= 0 && ::dup2(input, 0) < 0) goto failed;
  if (request->output_fd >= 0 && ::dup2(request->output_fd, 1) < 0) goto failed;
  if (request->error_fd >= 0 && ::dup2(request->error_fd, 2) < 0) goto failed;
  if (!place_more_fds(*request)) goto failed;
  if (request->new_session && ::setsid() < 0) goto failed;
  if (::chdir(request->cwd) < 0) goto failed;
  // Our caller's leaked fds are no business of the program's either.
  (void)syscall(SYS_close_range, static_cast<unsigned>(kFirstMoreFd + request->more_count), ~0U,
                0U);
  ::execve(request->path, request->argv, request->envp);
failed:
  request->failed_with = errno;
  _exit(127);
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& text : strings) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<Child> start_program(const Program& program) {
  if (program.more_fds.size() > kMostMoreFds) {
    return make_error(ErrorKind::Bug, fmt::format("too many fds for \"{}\"", program.path));
  }
  const std::vector<char*> argv = pointers_to(program.args);
  const std::vector<char*> envp = pointers_to(program.env);
  ExecRequest request{.path = program.path.c_str(),
                      .argv = argv.data(),
                      .envp = envp.data(),
                      .cwd = program.cwd.c_str(),
                      .stdin_fd = program.stdin_fd,
                      .output_fd = program.output_fd,
                      .error_fd = program.error_fd,
                      .more_fds = program.more_fds.data(),
                      .more_count = static_cast<int>(program.more_fds.size()),
                      .new_session = program.new_session,
                      .failed_with = 0};
  constexpr size_t kStackSize = 64 * 1024;
  alignas(16) std::array<char, kStackSize> stack;  // ours, but we sleep while it is used
  int pidfd = -1;
  const int pid = ::clone(exec_program, stack.data() + stack.size(),
                          CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &request, &pidfd);
  if (pid < 0) return last_error(fmt::format("start \"{}\"", program.path));
  Child child(pid, Pidfd(UniqueFd(pidfd)));
  if (request.failed_with != 0) {
    return system_error(request.failed_with, fmt::format("execute \"{}\"", program.path));
  }
  return child;
}

Result<ProgramOutcome> run_program(Program program, std::string_view stdin_text, int timeout_ms) {
  const UniqueFd input = TRY(memory_file("stdin", stdin_text));
  const UniqueFd output = TRY(memory_file("output", ""));
  program.stdin_fd = input.get();
  if (program.output_fd < 0) program.output_fd = output.get();
  if (program.error_fd < 0) program.error_fd = output.get();
  Child child = TRY(start_program(program));

  ProgramOutcome outcome;
  if (!TRY(child.pidfd().wait_for_end(timeout_ms))) {
    outcome.timed_out = true;
    (void)child.pidfd().send_signal(SIGKILL);  // it may have ended this very moment
  }
  outcome.status = TRY(child.wait());
  constexpr size_t kOutputShown = 4096;
  std::array<char, kOutputShown> shown;
  const ssize_t got = ::pread(output.get(), shown.data(), shown.size(), 0);
  if (got > 0) outcome.output.assign(shown.data(), static_cast<size_t>(got));
  return outcome;
}

Result<std::string> capture_program(Program program) {
  constexpr size_t kMostOutput = 64 << 20;
  const UniqueFd output = TRY(memory_file("output", ""));
  program.output_fd = output.get();
  program.error_fd = output.get();
  Child child = TRY(start_program(program));
  const ExitStatus status = TRY(child.wait());
  if (::lseek(output.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  std::string text = TRY(read_all(output.get(), kMostOutput));
  if (status == ExitStatus{}) return text;
  return make_error(ErrorKind::System, fmt::format("\"{}\" failed: {}", program.path, text));
}

std::string find_program(std::string_view name) {
  const char* path = ::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  folders += ":/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin";
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    std::string file = folders.substr(begin, end - begin);
    begin = end + 1;
    if (!file.starts_with('/')) continue;
    file.append("/").append(name);
    if (can_execute(file.c_str())) return file;
  }
  return {};
}

}  // namespace ocirt::sys
