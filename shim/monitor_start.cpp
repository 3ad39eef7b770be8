// The monitor until the engine is told the payload's pid, or that there is none.
#include "shim/monitor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "shim/diagnostics.h"
#include "shim/model/runtime_line.h"
#include "shim/spawn.h"
#include "sys/file.h"

namespace ocirt::shim {
namespace {

// The longest message of a runtime that an engine gets: conmon's.
constexpr size_t kLongestMessage = 8191;
constexpr size_t kMostEarlyOutput = 64 * 1024;

Result<UniqueFd> open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGQUIT}) sigaddset(&set, number);
  UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return last_error("make a signalfd");
  return fd;
}

// Our stdin, stdout and stderr: whoever waits for their end must not wait for the container's.
Result<> leave_own_stdio() {
  const UniqueFd null = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  for (int fd = 0; fd <= 2; ++fd) {
    if (::dup2(null.get(), fd) < 0) return last_error("replace our own stdio");
  }
  return {};
}

std::string last_words(std::string_view text) {
  if (text.size() > kLongestMessage) text.remove_prefix(text.size() - kLongestMessage);
  return std::string(text);
}

}  // namespace

Result<> Monitor::set_up() {
  signals_ = TRY(open_signals());
  TRY(loop_.watch(signals_.get(), Source::Signals, EPOLLIN));
  if (!options_.sdnotify_socket.empty()) {
    TRY(notify_.open(options_.bundle, options_.sdnotify_socket, loop_));
  }
  const bool is_passthrough = options_.is_passthrough();
  if (!is_passthrough) TRY(leave_own_stdio());
  // The container's orphans, and the payload itself once the runtime has gone, become our children.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return last_error("become a subreaper");
  stdio_ = TRY(make_stdio(options_));
  if (options_.terminal && !is_passthrough) {
    console_ = TRY(ConsoleSocket::make());
    TRY(loop_.watch(console_.fd(), Source::Console, EPOLLIN));
  }
  if (stdio_.our_stdin) input_.open(std::move(stdio_.our_stdin));
  if (!is_passthrough && !options_.bundle.empty()) {
    TRY(attach_.listen(options_));
    TRY(fifos_.open(options_.bundle, loop_));
  }
  if (!options_.exit_dir.empty()) exit_file_.emplace(options_.exit_dir, options_.cid);
  if (!options_.persist_dir.empty()) persistent_exit_file_.emplace(options_.persist_dir, "exit");
  if (stdio_.our_stderr) TRY(loop_.watch(stdio_.our_stderr.get(), Source::Stderr, EPOLLIN));
  if (!options_.exec_attach) return start_runtime();
  engine_.tell_attachable();
  // The engine attaches now, and then says "go" once more.
  if (!engine_.start) return start_runtime();
  return loop_.watch(engine_.start.get(), Source::StartPipe, EPOLLIN);
}

Result<> Monitor::start_runtime() {
  const std::vector<std::string> line = runtime_line(options_, console_.path());
  const Spawn spawn{.argv = line,
                    .stdin_fd = stdio_.their_stdin.get(),
                    .stdout_fd = stdio_.their_stdout.get(),
                    .stderr_fd = stdio_.their_stderr.get(),
                    .dies_with_us = true,
                    .replaces_listen_pid = options_.replace_listen_pid,
                    .oom_score_adj = own_oom_score_};
  runtime_ = TRY(start(spawn));
  // Else we would keep our own pipes from ending.
  stdio_.their_stdin.reset();
  stdio_.their_stdout.reset();
  stdio_.their_stderr.reset();
  if (options_.is_passthrough()) TRY(leave_own_stdio());
  return {};
}

// So that a runtime that writes more than a pipe holds doesn't wait for us, while we wait for it.
void Monitor::read_early_stderr() {
  const std::span<char> buffer = buffers_.input();
  const ssize_t got = ::read(stdio_.our_stderr.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    loop_.forget(stdio_.our_stderr.get());
    return;
  }
  buffers_.touch(static_cast<size_t>(got));
  early_stderr_.append(buffer.data(), static_cast<size_t>(got));
  if (early_stderr_.size() > kMostEarlyOutput) {
    early_stderr_.erase(0, early_stderr_.size() - kMostEarlyOutput);
  }
}

Result<> Monitor::receive_terminal() {
  UniqueFd master = TRY(console_.receive());
  if (!master) return {};
  UniqueFd for_input(::fcntl(master.get(), F_DUPFD_CLOEXEC, 0));
  if (!for_input) return last_error("duplicate the terminal's master");
  input_.open(std::move(for_input));
  terminal_ = std::move(master);
  apply_size();
  return {};
}

void Monitor::check_runtime() {
  if (runtime_.pid() <= 0) return;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(runtime_.pid()), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid == 0) {
    return;
  }
  const Result<sys::ExitStatus> status = runtime_.wait();
  const Result<> served = status ? take_payload(*status) : Result<>(status.error());
  if (!served) fail(served.error());
}

Result<> Monitor::take_payload(const sys::ExitStatus& status) {
  const Result<pid_t> pid = read_pid_file(options_.container_pidfile);
  // A pid file says that an exec has begun; what its runtime does afterwards is no longer of
  // interest. A create has to succeed as a whole.
  const bool has_failed = options_.exec ? !pid : status != sys::ExitStatus{};
  if (has_failed) {
    if (stdio_.our_stderr) read_early_stderr();
    std::string words = last_words(early_stderr_);
    if (words.empty()) {
      words = "the runtime ended with status " + std::to_string(status.shell_code()) +
              " and said nothing";
    }
    return make_error(ErrorKind::System, words);
  }
  if (!pid) return pid.error();
  if (console_.fd() >= 0) TRY(receive_terminal());
  console_.remove();
  if (options_.terminal && !options_.is_passthrough() && !terminal_) {
    return make_error(ErrorKind::System, "Runtime did not set up terminal");
  }
  payload_ = TRY(Payload::open(*pid));
  enter(Event::RuntimeSucceeded);
  return serve_payload();
}

Result<> Monitor::serve_payload() {
  ending_.pid = payload_.pid();
  ending_.started = clock_.now();
  // From the message on the engine counts on hearing of the end.
  if (const Result<> made = recovery_.make(options_, payload_); !made) {
    tell(Verbosity::Warning, made.error().message());
  }
  // The message lets the engine start the payload, which may want memory at once.
  if (!options_.exec) memory_.open(payload_.pid(), loop_);
  // Legacy exec sessions have one message only, the exit code.
  if (!options_.exec || options_.api_version >= 1) {
    engine_.report(options_, SyncValue::Pid, payload_.pid());
  }
  enter(Event::EngineTold);
  if (options_.timeout_s > 0) kill_at_ms_ = monotonic_ms() + int64_t{options_.timeout_s} * 1000;
  give_back_at_ms_ = monotonic_ms() + kGiveBackAfter_ms;
  if (!early_stderr_.empty()) pass_on(Stream::Stderr, std::exchange(early_stderr_, {}));
  watch_output();
  // Last, and again ready if it has ended meanwhile.
  return loop_.watch(payload_.fd(), Source::Payload, EPOLLIN);
}

// Whatever goes wrong before the payload is known, the engine waits on the sync pipe.
void Monitor::fail(const Error& error) {
  const std::string text = error.message();
  tell(Verbosity::Error, "can't create the container: " + text);
  if (state_ != State::Starting) return;  // it runs, and its end will be reported
  engine_.report(options_, SyncValue::Pid, -1, text);
  runtime_failed_ = true;
  enter(Event::RuntimeFailed);
}

}  // namespace ocirt::shim
