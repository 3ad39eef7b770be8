// A client of the monitor's attach socket. Its packets are in ocirt-shim(8).
#include "frontend/containers/attach_client.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>

#include "sys/file.h"
#include "sys/socket.h"
#include "sys/terminal.h"

namespace ocirt::containers {

namespace {

constexpr size_t kPacket = 8192;
constexpr char kStdout = 2;
constexpr char kStderr = 3;
// How long the beginning of the detach keys is held back: who types them is faster.
constexpr int kKeyPatience_ms = 500;

// What the container is to get; not what is about ourselves or can't be caught. As podman's
// --sig-proxy.
sigset_t signals_to_watch(bool forwards) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  if (!forwards) {
    // Only so that the terminal is restored.
    for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&set, number);
    return set;
  }
  sigfillset(&set);
  for (const int own : {SIGCHLD, SIGPIPE, SIGURG, SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL,
                        SIGABRT, SIGTRAP, SIGSYS}) {
    sigdelset(&set, own);
  }
  return set;
}

/// One run of the client.
class Copying {
 public:
  Copying(int socket, const AttachClient& client, AttachOptions options)
      : socket_(socket), client_(client), options_(std::move(options)) {
    reads_ = options_.input;
  }

  Result<AttachEnd> run() {
    const sigset_t set = signals_to_watch(static_cast<bool>(options_.forward_signal));
    sigset_t before;
    (void)::sigprocmask(SIG_BLOCK, &set, &before);
    signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) return last_error("make a signalfd");
    if (options_.terminal && options_.input && ::isatty(STDIN_FILENO) != 0) {
      raw_.emplace(TRY(sys::RawMode::enter(STDIN_FILENO)));
    }
    while (!end_) TRY(turn());
    raw_.reset();
    if (deadly_signal_ != 0) {
      (void)::sigprocmask(SIG_SETMASK, &before, nullptr);
      (void)::raise(deadly_signal_);
    }
    return *end_;
  }

 private:
  Result<> turn() {
    enum { Socket, Signals, Input, Count };
    std::array<pollfd, Count> sources{};
    const bool has_room = pending_.empty();
    sources[Socket] = {socket_, static_cast<short>(has_room ? POLLIN : POLLIN | POLLOUT), 0};
    sources[Signals] = {signals_.get(), POLLIN, 0};
    sources[Input] = {reads_ && has_room ? STDIN_FILENO : -1, POLLIN, 0};
    const int patience = options_.detach_keys.is_holding() ? kKeyPatience_ms : -1;
    const int ready = ::poll(sources.data(), sources.size(), patience);
    if (ready < 0) return errno == EINTR ? Result<>{} : last_error("wait for the container");
    if (ready == 0) pending_ += options_.detach_keys.release();
    if (sources[Signals].revents != 0) take_signal();
    if (sources[Input].revents != 0) read_input();
    if (!pending_.empty()) send_input();
    if (sources[Socket].revents & (POLLIN | POLLHUP | POLLERR)) TRY(take_output());
    return {};
  }

  void read_input() {
    std::array<char, kPacket> buffer;
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      pending_ += options_.detach_keys.release();
      reads_ = false;
      closes_ = true;
      if (pending_.empty()) close_input();
      return;
    }
    const std::string_view typed(buffer.data(), static_cast<size_t>(got));
    // Only who types at a terminal can mean the keys.
    if (raw_) {
      pending_ += options_.detach_keys.feed(typed);
    } else {
      pending_ += typed;
    }
    if (options_.detach_keys.has_detached()) end_ = AttachEnd::Detached;
  }

  void send_input() {
    const size_t size = std::min(pending_.size(), kPacket);
    const ssize_t put = ::send(socket_, pending_.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)) return;
    // Nobody reads it any more: the container's end will come.
    pending_.erase(0, put < 0 ? pending_.size() : static_cast<size_t>(put));
    if (pending_.empty() && closes_) close_input();
  }

  void close_input() {
    closes_ = false;
    (void)::shutdown(socket_, SHUT_WR);  // the monitor may have gone
  }

  Result<> take_output() {
    std::array<char, kPacket + 1> packet;
    const ssize_t got = ::recv(socket_, packet.data(), packet.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got <= 0) {
      end_ = end_.value_or(AttachEnd::Ended);
      return {};
    }
    const std::string_view text(packet.data() + 1, static_cast<size_t>(got) - 1);
    if (packet[0] == kStdout && options_.output) write_out(STDOUT_FILENO, text);
    if (packet[0] == kStderr && options_.errors) write_out(STDERR_FILENO, text);
    return {};
  }

  // A reader that has gone doesn't end the container: podman goes on as well.
  static void write_out(int fd, std::string_view text) {
    while (!text.empty()) {
      const ssize_t put = ::write(fd, text.data(), text.size());
      if (put >= 0) {
        text.remove_prefix(static_cast<size_t>(put));
      } else if (errno == EAGAIN) {
        pollfd out{.fd = fd, .events = POLLOUT, .revents = 0};
        (void)::poll(&out, 1, -1);
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  void take_signal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) != sizeof info) return;
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGWINCH && options_.terminal) {
      client_.tell_size();
    } else if (options_.forward_signal) {
      options_.forward_signal(number);
    } else if (number != SIGWINCH) {
      deadly_signal_ = number;
      end_ = AttachEnd::Detached;
    }
  }

  int socket_;
  const AttachClient& client_;
  AttachOptions options_;
  UniqueFd signals_;
  std::optional<sys::RawMode> raw_;
  std::string pending_;  // input that the monitor hasn't taken yet
  bool reads_ = false;
  bool closes_ = false;  // after `pending_` there comes no more
  int deadly_signal_ = 0;
  std::optional<AttachEnd> end_;
};

}  // namespace

Result<AttachClient> AttachClient::connect(const std::string& run_directory) {
  UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, run_directory.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW));
  UniqueFd socket = TRY(sys::connect_at(directory.get(), "attach"));
  return AttachClient(std::move(socket), std::move(directory));
}

Result<AttachEnd> AttachClient::run(AttachOptions options) {
  return Copying(socket_.get(), *this, std::move(options)).run();
}

void AttachClient::tell_size() const {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    const std::optional<winsize> size = sys::window_size(fd);
    if (!size) continue;
    const UniqueFd control(::openat(directory_.get(), "ctl", O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    if (!control) return;
    const std::string line = fmt::format("1 {} {}\n", size->ws_row, size->ws_col);
    (void)::write(control.get(), line.data(), line.size());  // the next change of size tells it
    return;
  }
}

}  // namespace ocirt::containers
