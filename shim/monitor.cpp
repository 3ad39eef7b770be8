// The monitor's table of contents, and its loop.
#include "shim/monitor.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <climits>
#include <utility>

#include "shim/diagnostics.h"
#include "shim/resident.h"

namespace ocirt::shim {

Monitor::Monitor(const Options& options, EnginePipes engine, Logs logs, Loop loop, Buffers buffers,
                 std::string own_oom_score)
    : options_(options),
      engine_(std::move(engine)),
      logs_(std::move(logs)),
      loop_(std::move(loop)),
      buffers_(std::move(buffers)),
      own_oom_score_(std::move(own_oom_score)),
      attach_(loop_),
      input_(loop_) {}

int Monitor::run() {
  if (const Result<> ready = set_up(); !ready) fail(ready.error());
  while (state_ != State::Reported) serve();
  attach_.finish();
  const int command_status = run_exit_command();
  recovery_.remove();
  if (runtime_failed_) return 1;
  return command_status != 0 ? command_status : exit_number(ending_);
}

void Monitor::enter(Event event) {
  const std::optional<State> next = next_state(state_, event);
  assert(next);
  state_ = *next;
}

// One round: wait, and serve whatever has happened.
void Monitor::serve() {
  const std::span<const Happening> happenings = loop_.wait(timeout_ms());
  // A client that connects before the output comes gets all of it: new ones first.
  for (const Happening& happening : happenings) {
    if (happening.source == Source::AttachSocket) attach_.accept_all();
  }
  for (const Happening& happening : happenings) {
    dispatch(happening);
    if (state_ == State::Reported) return;
  }
  follow_pauses();
  meet_deadlines();
}

void Monitor::dispatch(const Happening& happening) {
  switch (happening.source) {
    case Source::Signals:
      return take_signals();
    case Source::StartPipe:
      loop_.forget(happening.fd);
      engine_.wait_for_start();
      engine_.start.reset();
      if (const Result<> started = start_runtime(); !started) fail(started.error());
      return;
    case Source::Console:
      if (const Result<> received = receive_terminal(); !received) {
        tell(Verbosity::Warning, received.error().message());  // the runtime's end decides
      }
      return;
    case Source::Stdout:
      return read_output(Stream::Stdout);
    case Source::Stderr:
      return state_ == State::Starting ? read_early_stderr() : read_output(Stream::Stderr);
    case Source::Stdin:
      input_.resume();
      return attach_.hold_input(input_.is_blocked());
    case Source::Payload:
      return check_payload();
    case Source::AttachSocket:
      return;  // served already
    case Source::Client:
      return hear_client(happening);
    case Source::Control:
      return resize(fifos_.read_control());
    case Source::WindowSize:
      return resize(fifos_.read_window_size());
    case Source::Memory:
      return hear_of_memory();
    case Source::Notify:
      return notify_.pass();
  }
}

int Monitor::timeout_ms() const {
  std::optional<int64_t> first = attach_.deadline();
  for (const std::optional<int64_t>& other :
       {kill_at_ms_, give_back_at_ms_, look_at_memory_at_ms_}) {
    if (other) first = first ? std::min(*first, *other) : *other;
  }
  if (!first) return -1;
  return static_cast<int>(std::clamp<int64_t>(*first - monotonic_ms(), 0, INT_MAX));
}

void Monitor::meet_deadlines() {
  const bool has_deadline =
      kill_at_ms_ || give_back_at_ms_ || look_at_memory_at_ms_ || attach_.deadline();
  if (!has_deadline && !buffers_.is_large()) return;
  const int64_t now = monotonic_ms();
  if (kill_at_ms_ && now >= *kill_at_ms_) {
    kill_at_ms_.reset();
    ending_.timed_out = true;
    payload_.kill_group();
  }
  look_at_memory_again(now);
  attach_.give_up_on_stuck(now);
  follow_pauses();
  if (give_back_at_ms_ && now >= *give_back_at_ms_) {
    give_back_at_ms_.reset();
    buffers_.give_back();
    if (stdio_.our_stdout) stdout_flow_.narrow(stdio_.our_stdout.get());
    if (stdio_.our_stderr) stderr_flow_.narrow(stdio_.our_stderr.get());
    leave_program_pages();
  } else if (buffers_.is_large() && !give_back_at_ms_) {
    give_back_at_ms_ = now + kGiveBackAfter_ms;
  }
}

void Monitor::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    const auto number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) continue;
    if (payload_) {
      payload_.signal(number);
    } else if (runtime_.pid() > 0) {
      (void)runtime_.pidfd().send_signal(number);  // it has ended: we are about to hear of it
    }
  }
  if (state_ == State::Starting) {
    check_runtime();
  } else {
    reap();
  }
}

// Orphans of the container become our children. Not before the payload's pid is known: until it is
// reaped, its pid is its own.
void Monitor::reap() {
  while (state_ == State::Running) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    if (info.si_pid == payload_.pid()) return check_payload();
    (void)::waitpid(info.si_pid, nullptr, WNOHANG);  // how an orphan ended is nobody's question
  }
}

}  // namespace ocirt::shim
