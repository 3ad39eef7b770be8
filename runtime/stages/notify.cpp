// Passes on the payload's word that it is ready (sd_notify(3)). Runs in: creator, and the `start`
// process.
#include "runtime/stages/notify.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>

#include "base/log.h"
#include "runtime/store/container_dir.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

constexpr const char* kSocket = "notify.sock";
constexpr std::string_view kReady = "READY=1";
constexpr size_t kLongestMessage = 4096;
/// More than a socket's queue holds, so that nothing of a payload that ended is left; and an end,
/// so that one that never stops talking can't hold us.
constexpr int kMostMessages = 1024;
constexpr int kBarrierTimeoutMs = 30'000;  // runc's and crun's

bool says_ready(std::string_view message) {
  while (!message.empty()) {
    const size_t end = std::min(message.find('\n'), message.size());
    if (message.substr(0, end) == kReady) return true;
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return false;
}

Result<> send_text(int socket, std::string_view text, int fd = -1) {
  return sys::send_packet(socket, std::as_bytes(std::span(text)), fd);
}

}  // namespace

std::string notify_socket_of_caller() {
  const char* address = ::getenv("NOTIFY_SOCKET");
  return address == nullptr ? "" : address;
}

Result<> make_notify_directory(int container_dir) {
  // By fchmodat() past the umask: the payload may be any user.
  if (::mkdirat(container_dir, store::kNotifyDirectory, 0755) < 0 ||
      ::fchmodat(container_dir, store::kNotifyDirectory, 0755, 0) < 0) {
    return last_error("make the directory for the payload's notify socket");
  }
  return {};
}

Result<ReadyRelay> ReadyRelay::open(int container_dir) {
  ReadyRelay relay;
  const std::string caller = notify_socket_of_caller();
  if (caller.empty()) return relay;
  Result<UniqueFd> directory =
      sys::open_at(container_dir, store::kNotifyDirectory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) {
    if (directory.error().kind == ErrorKind::NotFound) return relay;  // not set at create
    return std::move(directory).error();
  }
  Result<UniqueFd> to_caller = sys::connect_datagram(caller);
  if (!to_caller) {
    log_warning("NOTIFY_SOCKET: " + to_caller.error().message());
    return relay;
  }
  relay.from_payload_ = TRY(sys::bind_datagram_at(directory->get(), kSocket));
  relay.to_caller_ = std::move(*to_caller);
  return relay;
}

// Whether one of the messages that have arrived says so.
bool ReadyRelay::hears_ready() const {
  std::array<char, kLongestMessage> message;
  for (int count = 0; count < kMostMessages; ++count) {
    // recv() closes fds that came along, and a barrier of the payload's ends with that.
    const ssize_t size = ::recv(fd(), message.data(), message.size(), MSG_DONTWAIT);
    if (size < 0 && errno != EINTR) return false;
    if (size > 0 && says_ready({message.data(), static_cast<size_t>(size)})) return true;
  }
  return false;
}

void ReadyRelay::take(pid_t main_pid) {
  if (fd() < 0 || !hears_ready()) return;
  // In one message, so that the caller never takes a unit for ready whose main process it mistakes.
  const std::string text = fmt::format("MAINPID={}\n{}", main_pid, kReady);
  if (Result<> sent = send_text(to_caller_.get(), text); !sent) {
    log_warning("NOTIFY_SOCKET: " + sent.error().message());
  }
  // Closed, since what nobody reads would in the end make the payload wait for room.
  from_payload_.reset();
}

// sd_notify_barrier(3): the reader closes the fd that it gets.
void ReadyRelay::await_reader() const {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) < 0) return;  // only the wait is lost
  const UniqueFd own_end(ends[0]);
  UniqueFd readers_end(ends[1]);
  if (!send_text(to_caller_.get(), "BARRIER=1", readers_end.get())) return;  // was warned of
  readers_end.reset();
  pollfd closed{.fd = own_end.get(), .events = 0, .revents = 0};
  while (::poll(&closed, 1, kBarrierTimeoutMs) < 0 && errno == EINTR) {
  }
}

Result<> ReadyRelay::wait(const sys::Pidfd& payload, pid_t pid) {
  if (fd() < 0) return {};
  while (fd() >= 0) {
    std::array<pollfd, 2> sources = {{{.fd = fd(), .events = POLLIN, .revents = 0},
                                      {.fd = payload.get(), .events = POLLIN, .revents = 0}}};
    if (::poll(sources.data(), sources.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return last_error("wait for the payload's READY=1");
    }
    take(pid);  // also after its end: its last word may have been that
    if (sources[1].revents != 0 && fd() >= 0) {
      log_warning("the container ended before it said READY=1");
      return {};
    }
  }
  await_reader();
  return {};
}

}  // namespace ocirt::stages
