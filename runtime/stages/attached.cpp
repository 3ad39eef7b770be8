// Stays with a payload until it ends: forwards signals, and its terminal. Runs in: the `run` and
// `exec` processes.
#include "runtime/stages/attached.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "sys/own_mount.h"
#include "sys/terminal.h"

namespace ocirt::stages {

namespace {

// Everything that may be meant for the payload; not what is about ourselves or can't be caught.
sigset_t forwarded_signals() {
  sigset_t set;
  sigfillset(&set);
  for (const int own : {SIGCHLD, SIGPIPE, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
                        SIGABRT, SIGTRAP, SIGSYS, SIGURG}) {
    sigdelset(&set, own);
  }
  return set;
}

// Bytes on their way in one direction: read when there is room, written when the other side can.
class Flow {
 public:
  Flow(int from, int to) : from_(from), to_(to) {}

  [[nodiscard]] bool wants_read() const { return open_ && pending_.empty(); }
  [[nodiscard]] bool wants_write() const { return !pending_.empty(); }
  [[nodiscard]] bool is_open() const { return open_ || !pending_.empty(); }

  void read_some() {
    const ssize_t got = ::read(from_, buffer_.data(), buffer_.size());
    if (got > 0) {
      pending_ = std::string_view(buffer_.data(), static_cast<size_t>(got));
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
      open_ = false;  // a terminal whose other side is closed answers EIO
    }
  }
  void write_some() {
    const ssize_t put = ::write(to_, pending_.data(), pending_.size());
    if (put >= 0) {
      pending_.remove_prefix(static_cast<size_t>(put));
    } else if (errno != EAGAIN && errno != EINTR) {
      pending_ = {};  // the reader is gone: keep draining the payload
    }
  }

 private:
  int from_;
  int to_;
  bool open_ = true;
  std::array<char, 16 * 1024> buffer_{};
  std::string_view pending_;
};

// What the loop looks at.
struct Attachment {
  const sys::Pidfd& payload;
  int signals = -1;
  UniqueFd terminal;
  ReadyRelay relay;
  std::optional<Flow> input;
  std::optional<Flow> output;
};

void follow_size(const Attachment& attachment) {
  if (!attachment.terminal) return;
  if (const std::optional<winsize> size = sys::window_size(STDIN_FILENO)) {
    // Fails only when the payload's terminal is gone.
    (void)sys::set_window_size(attachment.terminal.get(), size->ws_row, size->ws_col);
  }
}

void forward_signal(const Attachment& attachment) {
  signalfd_siginfo info{};
  if (::read(attachment.signals, &info, sizeof info) != sizeof info) return;
  const auto signal = static_cast<int>(info.ssi_signo);
  if (signal == SIGWINCH && attachment.terminal) {
    follow_size(attachment);  // the kernel tells the payload
    return;
  }
  (void)attachment.payload.send_signal(signal);  // it may have ended: the loop notices
}

Result<> pump(Attachment& attachment) {
  enum Source { Payload, Signals, Notify, Input, MasterRead, MasterWrite, Output, SourceCount };
  bool ended = false;
  while (!ended) {
    std::array<pollfd, SourceCount> sources;
    sources.fill({.fd = -1, .events = 0, .revents = 0});
    sources[Payload] = {.fd = attachment.payload.get(), .events = POLLIN, .revents = 0};
    sources[Signals] = {.fd = attachment.signals, .events = POLLIN, .revents = 0};
    sources[Notify] = {.fd = attachment.relay.fd(), .events = POLLIN, .revents = 0};
    if (attachment.terminal) {
      Flow& input = *attachment.input;
      Flow& output = *attachment.output;
      const int master = attachment.terminal.get();
      if (input.wants_read()) sources[Input] = {STDIN_FILENO, POLLIN, 0};
      if (input.wants_write()) sources[MasterWrite] = {master, POLLOUT, 0};
      if (output.wants_read()) sources[MasterRead] = {master, POLLIN, 0};
      if (output.wants_write()) sources[Output] = {STDOUT_FILENO, POLLOUT, 0};
    }
    if (::poll(sources.data(), sources.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return last_error("wait for the payload");
    }
    if (sources[Signals].revents != 0) forward_signal(attachment);
    if (sources[Notify].revents != 0) attachment.relay.take(::getpid());
    if (sources[Input].revents != 0) attachment.input->read_some();
    if (sources[MasterWrite].revents != 0) attachment.input->write_some();
    if (sources[MasterRead].revents != 0) attachment.output->read_some();
    if (sources[Output].revents != 0) attachment.output->write_some();
    ended = sources[Payload].revents != 0;
  }
  return {};
}

// What the payload wrote before its end may still be in its terminal. Others that live on in the
// session keep it open, so its end is no sign: only emptiness is.
void drain(Attachment& attachment) {
  if (!attachment.terminal) return;
  Flow& output = *attachment.output;
  while (output.is_open()) {
    while (output.wants_write()) {
      pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      if (::poll(&out, 1, -1) < 0 && errno != EINTR) return;
      output.write_some();
    }
    pollfd master{.fd = attachment.terminal.get(), .events = POLLIN, .revents = 0};
    if (::poll(&master, 1, 0) <= 0 || (master.revents & POLLIN) == 0) return;
    output.read_some();
  }
}

}  // namespace

void hold_signals() {
  const sigset_t set = forwarded_signals();
  (void)::sigprocmask(SIG_BLOCK, &set, nullptr);  // fails for no valid set
}

void adopt_terminal_size(plan::ProcessPlan& process) {
  if (!process.terminal || process.console_size) return;
  if (const std::optional<winsize> size = sys::window_size(STDIN_FILENO)) {
    process.console_size = spec::Box{.height = size->ws_row, .width = size->ws_col};
  }
}

Result<int> stay_attached(sys::Child& payload, UniqueFd terminal, ReadyRelay relay) {
  sys::let_go_of_own_mount();
  const sigset_t set = forwarded_signals();
  const UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals) return last_error("receive signals");
  Attachment attachment{.payload = payload.pidfd(),
                        .signals = signals.get(),
                        .terminal = std::move(terminal),
                        .relay = std::move(relay),
                        .input = {},
                        .output = {}};
  std::optional<sys::RawMode> raw;
  if (attachment.terminal) {
    attachment.input.emplace(STDIN_FILENO, attachment.terminal.get());
    attachment.output.emplace(attachment.terminal.get(), STDOUT_FILENO);
    follow_size(attachment);
    if (::isatty(STDIN_FILENO) == 1) {
      if (Result<sys::RawMode> entered = sys::RawMode::enter(STDIN_FILENO)) {
        raw.emplace(std::move(*entered));
      }
    }
  }
  TRY(pump(attachment));
  drain(attachment);
  return TRY(payload.wait()).shell_code();
}

}  // namespace ocirt::stages
