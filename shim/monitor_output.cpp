// The monitor's daily work: output to logs and clients, input to the payload, sizes.
#include "shim/monitor.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "sys/terminal.h"

namespace ocirt::shim {

// Reads once: other fds get their turn in between. What is left makes the fd ready again.
void Monitor::read_output(Stream stream) {
  UniqueFd& fd = stream == Stream::Stderr ? stdio_.our_stderr
                 : terminal_              ? terminal_
                                          : stdio_.our_stdout;
  if (!fd) return;
  const std::span<char> buffer = buffers_.input();
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got > 0) {
    if (terminal_is_quiet_ && stream == Stream::Stdout) {
      terminal_is_quiet_ = false;
      watch_output();
    }
    buffers_.touch(static_cast<size_t>(got));
    pass_on(stream, {buffer.data(), static_cast<size_t>(got)});
    flow_of(stream).note(fd.get(), static_cast<size_t>(got));
    return;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (stream == Stream::Stdout && terminal_) {
    // EIO: nobody has the terminal open, which may change. HUP would be told again and again.
    if (!terminal_is_quiet_) {
      terminal_is_quiet_ = true;
      watch_output();
    }
    return;
  }
  loop_.forget(fd.get());
  fd.reset();
}

void Monitor::pass_on(Stream stream, std::string_view data) {
  logs_.write(stream, data, buffers_.output());
  attach_.broadcast(stream, data);
}

void Monitor::watch_output() {
  const uint32_t events = is_paused_ ? 0U : static_cast<uint32_t>(EPOLLIN);
  // Failures would be of memory; the output then waits in its pipe for the drain at the end.
  for (const UniqueFd* pipe : {&stdio_.our_stdout, &stdio_.our_stderr}) {
    if (!*pipe) continue;
    const Source source = pipe == &stdio_.our_stdout ? Source::Stdout : Source::Stderr;
    if (is_paused_) {
      loop_.forget(pipe->get());  // with no events awaited, HUP would still wake us
    } else {
      (void)loop_.watch(pipe->get(), source, events);
    }
  }
  if (!terminal_) return;
  if (is_paused_) {
    loop_.forget(terminal_.get());
  } else {
    const uint32_t edge = terminal_is_quiet_ ? static_cast<uint32_t>(EPOLLET) : 0U;
    (void)loop_.watch(terminal_.get(), Source::Stdout, events | edge);
  }
}

// A client's full backlog stops the reading of output; shim/attach.h says for how long.
void Monitor::follow_pauses() {
  const bool wants_pause = attach_.wants_pause();
  if (wants_pause == is_paused_ || state_ != State::Running) return;
  is_paused_ = wants_pause;
  watch_output();
}

void Monitor::hear_client(const Happening& happening) {
  if ((happening.events & EPOLLOUT) != 0) attach_.flush(happening.fd);
  if ((happening.events & EPOLLIN) != 0) {
    take_input(happening.fd);
  } else if ((happening.events & (EPOLLHUP | EPOLLERR)) != 0) {
    attach_.hang_up(happening.fd);
  }
}

void Monitor::take_input(int client) {
  constexpr size_t kLongestInput = 32 * 1024;  // bytes in a client's packet: conmon's
  if (input_.is_blocked()) return;
  const std::span<char> buffer = buffers_.input().first(kLongestInput);
  const AttachServer::Input input = attach_.read(client, buffer);
  if (input.closed) {
    // A terminal's input has no end: the next client types on.
    if (options_.stdin_pipe && !options_.terminal && !options_.leave_stdin_open) close_input();
    return;
  }
  buffers_.touch(input.data.size());
  input_.write(input.data);
  attach_.hold_input(input_.is_blocked());
}

// The first client that closes its side closes the payload's stdin. What the others have sent until
// now still goes first.
void Monitor::close_input() {
  constexpr int kMostPackets = 64;  // more than a socket holds of any size that matters
  constexpr size_t kLongestInput = 32 * 1024;
  const std::span<char> buffer = buffers_.input().first(kLongestInput);
  for (const int client : attach_.readers()) {
    for (int i = 0; i < kMostPackets; ++i) {
      const AttachServer::Input input = attach_.read(client, buffer);
      if (input.data.empty()) break;
      input_.write(input.data);
    }
  }
  input_.close_when_written();
  attach_.hold_input(input_.is_blocked());
}

void Monitor::resize(const ControlFifos::Wishes& wishes) {
  if (wishes.reopen_logs) logs_.reopen();
  if (!wishes.size) return;
  size_ = wishes.size;
  apply_size();
}

// A size that comes before the terminal waits for it.
void Monitor::apply_size() {
  if (!terminal_ || !size_) return;
  // Fails when the terminal is gone; then nobody sees its size.
  (void)sys::set_window_size(terminal_.get(), size_->rows, size_->columns);
  size_.reset();
}

// Takes what is in the pipe now, and no more: grandchildren that hold it may write for ever.
void Monitor::drain(Stream stream) {
  const UniqueFd& fd = stream == Stream::Stderr ? stdio_.our_stderr
                       : terminal_              ? terminal_
                                                : stdio_.our_stdout;
  constexpr size_t kMostOfTerminal = 64 * 1024;  // its queue isn't larger
  if (!fd) return;
  int queued = 0;
  const bool is_terminal = stream == Stream::Stdout && terminal_;
  if (!is_terminal && ::ioctl(fd.get(), FIONREAD, &queued) != 0) return;
  size_t left = is_terminal ? kMostOfTerminal : static_cast<size_t>(queued);
  while (left > 0) {
    const std::span<char> buffer = buffers_.input();
    const ssize_t got = ::read(fd.get(), buffer.data(), std::min(buffer.size(), left));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    left -= static_cast<size_t>(got);
    pass_on(stream, {buffer.data(), static_cast<size_t>(got)});
  }
}

}  // namespace ocirt::shim
