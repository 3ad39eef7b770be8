// The monitor from the payload's end on: what it wrote, how it ended, and who is told.
#include "shim/monitor.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "shim/diagnostics.h"
#include "shim/spawn.h"

namespace ocirt::shim {
namespace {

// Those that the engine gave us to hold (ports it has reserved): without O_CLOEXEC, or they
// wouldn't have survived our exec; ours all have it.
void close_inherited_fds() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return;
  while (const dirent* entry = ::readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (fd < 3) continue;
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) (void)::close(fd);
  }
  (void)::closedir(directory);
}

// A signal that asks us to end makes the delay end.
void wait_a_while(int seconds) {
  if (seconds <= 0) return;
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT}) sigaddset(&set, number);
  const timespec time{.tv_sec = seconds, .tv_nsec = 0};
  (void)::sigtimedwait(&set, nullptr, &time);
}

// A kill that v1 has told of is counted in a moment, most often. The last look is at the end.
constexpr int64_t kBetweenLooks_ms = 20;
constexpr int kMemoryLooks = 100;

void tell_if_failed(const Result<>& result) {
  if (!result) tell(Verbosity::Error, result.error().message());
}

}  // namespace

void Monitor::check_payload() {
  if (state_ != State::Running) return;
  if (payload_.has_ended(ending_)) {
    enter(Event::PayloadEnded);
    return finish();
  }
  // Another's zombie: its end is told by HUP, which needs no asking for.
  (void)loop_.watch(payload_.fd(), Source::Payload, 0);
}

bool Monitor::check_memory() {
  if (!memory_.has_killed()) return false;
  ending_.oom_killed = true;
  // In both places: engines differ in where they look.
  tell_if_failed(make_mark(options_.bundle, "oom"));
  if (!options_.persist_dir.empty()) tell_if_failed(make_mark(options_.persist_dir, "oom"));
  return true;
}

void Monitor::hear_of_memory() {
  if (check_memory() || !memory_.is_told_early()) return;
  memory_looks_left_ = kMemoryLooks;
  look_at_memory_at_ms_ = monotonic_ms() + kBetweenLooks_ms;
}

void Monitor::look_at_memory_again(int64_t now_ms) {
  if (!look_at_memory_at_ms_ || now_ms < *look_at_memory_at_ms_) return;
  look_at_memory_at_ms_.reset();
  if (check_memory() || !memory_.is_told_early() || --memory_looks_left_ == 0) return;
  look_at_memory_at_ms_ = now_ms + kBetweenLooks_ms;
}

// Runs in: Draining. The order is what engines rely on: the files exist before anybody sees the
// end.
void Monitor::finish() {
  ending_.finished = clock_.now();
  (void)check_memory();  // it has left its mark
  attach_.accept_all();  // who has connected before the end sees what comes before the end
  drain(Stream::Stdout);
  drain(Stream::Stderr);
  logs_.finish(!options_.no_sync_log);
  close_inherited_fds();
  record();
  if (options_.exec) {
    engine_.report(options_, SyncValue::ExitCode, exit_number(ending_),
                   ending_.timed_out ? "command timed out" : "");
  }
  enter(Event::Drained);
}

std::string Monitor::record_directory() const {
  return options_.persist_dir.empty() ? options_.bundle : options_.persist_dir;
}

void Monitor::record() {
  const std::string number = std::to_string(exit_number(ending_));
  if (const std::string directory = record_directory(); !directory.empty()) {
    tell_if_failed(ReservedFile(directory, "exit.json").commit(exit_record(ending_)));
  }
  if (persistent_exit_file_) tell_if_failed(persistent_exit_file_->commit(number));
  if (exit_file_) tell_if_failed(exit_file_->commit(number));
}

// Returns its status; 0 without one.
int Monitor::run_exit_command() {
  if (options_.exit_command.empty()) return 0;
  // Its orphans are not ours to wait for.
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 0);
  wait_a_while(options_.exit_delay_s);
  std::vector<std::string> line = {options_.exit_command};
  line.insert(line.end(), options_.exit_command_args.begin(), options_.exit_command_args.end());
  Result<sys::Child> command = start(
      {.argv = line, .closes_fds = true, .searches_path = true, .oom_score_adj = own_oom_score_});
  if (!command) {
    tell(Verbosity::Error, command.error().message());
    return 1;
  }
  const Result<sys::ExitStatus> status = command->wait();
  return status ? status->shell_code() : 1;
}

}  // namespace ocirt::shim
