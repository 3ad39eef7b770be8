// The attach socket: any number of clients that see the output and may send input.
#include "shim/attach.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "shim/clock.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::shim {
namespace {

constexpr int kPending = SOMAXCONN;  // connections that wait to be accepted; the next is refused

// A link to the bundle, through which clients reach sockets of long paths.
Result<> make_link(const Options& options) {
  std::string link = options.socket_dir_path + "/" + options.cuuid;
  // A link exactly as long as a socket's path may be would leave no room for what it is for; CRI-O
  // knows that it is shorter by one then.
  if (link.size() == sizeof(sockaddr_un::sun_path) - 1) link.pop_back();
  if (::unlink(link.c_str()) != 0 && errno != ENOENT) {
    return system_error(errno, "replace the link \"" + link + "\"");
  }
  if (::symlink(options.bundle.c_str(), link.c_str()) != 0) {
    return system_error(errno, "make the link \"" + link + "\"");
  }
  return {};
}

bool is_gone(int errno_value) {
  return errno_value != EAGAIN && errno_value != EINTR && errno_value != ENOBUFS;
}

}  // namespace

Result<> AttachServer::listen(const Options& options) {
  if (!options.full_attach) TRY(make_link(options));
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, options.bundle.c_str(), O_PATH | O_DIRECTORY));
  if (::unlinkat(directory.get(), "attach", 0) != 0 && errno != ENOENT) {
    return last_error("replace the attach socket");
  }
  socket_ = TRY(sys::listen_at(directory.get(), "attach"));
  path_ = options.bundle + "/attach";
  if (::listen(socket_.get(), kPending) != 0) return last_error("listen for clients");
  if (::fcntl(socket_.get(), F_SETFL, O_NONBLOCK) != 0) return last_error("set up a socket");
  return loop_.watch(socket_.get(), Source::AttachSocket, EPOLLIN);
}

void AttachServer::accept_all() {
  while (socket_ && accept_one()) {
  }
}

// False when nobody waits any more.
bool AttachServer::accept_one() {
  UniqueFd fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) {
    // Without an fd to be had it would stay ready for ever: wait for a client that leaves.
    if (errno == EMFILE || errno == ENFILE) loop_.forget(socket_.get());
    return errno == EINTR || errno == ECONNABORTED;
  }
  auto client = std::make_unique<Client>();
  client->fd = std::move(fd);
  watch(*client);
  clients_.push_back(std::move(client));
  return true;
}

AttachServer::Client* AttachServer::find(int fd) {
  const auto found = std::find_if(clients_.begin(), clients_.end(),
                                  [&](const auto& client) { return client->fd.get() == fd; });
  return found == clients_.end() ? nullptr : found->get();
}

void AttachServer::watch(const Client& client) {
  uint32_t events = 0;
  if (client.can_read && !input_held_) events |= EPOLLIN;
  if (!client.queue.is_empty()) events |= EPOLLOUT;
  // Without it the client sees only what was queued before; nothing better is to be had.
  (void)loop_.watch(client.fd.get(), Source::Client, events);
}

void AttachServer::drop(int fd) {
  loop_.forget(fd);
  std::erase_if(clients_, [&](const auto& client) { return client->fd.get() == fd; });
  if (socket_) (void)loop_.watch(socket_.get(), Source::AttachSocket, EPOLLIN);
}

void AttachServer::broadcast(Stream stream, std::string_view data) {
  std::vector<int> gone;
  for (const auto& client : clients_) {
    std::string_view rest = data;
    while (!rest.empty() && client->queue.is_empty() && !client->is_stuck) {
      const std::string_view part = first_packet(rest);
      iovec parts[2] = {{&stream, 1}, {const_cast<char*>(part.data()), part.size()}};
      msghdr message{};
      message.msg_iov = parts;
      message.msg_iovlen = 2;
      if (::sendmsg(client->fd.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (is_gone(errno)) {
          gone.push_back(client->fd.get());
          rest = {};
        }
        break;
      }
      rest.remove_prefix(part.size());
    }
    if (!rest.empty()) keep(*client, stream, rest);
  }
  // A client may have shut down its reading side alone: its input still counts, but it has no
  // other way to say that it wants no more.
  for (const int fd : gone) drop(fd);
}

void AttachServer::keep(Client& client, Stream stream, std::string_view data) {
  if (client.is_stuck) {
    client.lost += data.size();
    return;
  }
  const bool was_empty = client.queue.is_empty();
  client.queue.push(stream, data);
  if (was_empty) watch(client);
  if (client.queue.size() >= kBacklog && client.full_since_ms == 0) {
    client.full_since_ms = monotonic_ms();
  }
}

// False when the client is gone.
bool AttachServer::send_some(Client& client) {
  while (!client.queue.is_empty()) {
    const std::string_view packet = client.queue.front();
    if (::send(client.fd.get(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      return !is_gone(errno);
    }
    client.queue.pop();
    client.full_since_ms = client.queue.size() >= kBacklog ? monotonic_ms() : 0;
  }
  if (client.is_stuck) {
    client.is_stuck = false;
    client.queue.push(Stream::Stderr, "\r\n[ocirt-shim: " + std::to_string(client.lost) +
                                          " bytes of output skipped: nobody read them]\r\n");
    client.lost = 0;
  }
  return true;
}

void AttachServer::flush(int fd) {
  Client* client = find(fd);
  if (client == nullptr) return;
  if (!send_some(*client)) return drop(fd);
  watch(*client);
}

bool AttachServer::wants_pause() const {
  return std::any_of(clients_.begin(), clients_.end(),
                     [](const auto& client) { return client->full_since_ms != 0; });
}

std::optional<int64_t> AttachServer::deadline() const {
  std::optional<int64_t> first;
  for (const auto& client : clients_) {
    if (client->full_since_ms == 0) continue;
    const int64_t end = client->full_since_ms + kPatience_ms;
    first = first ? std::min(*first, end) : end;
  }
  return first;
}

void AttachServer::give_up_on_stuck(int64_t now_ms) {
  for (const auto& client : clients_) {
    if (client->full_since_ms == 0 || client->full_since_ms + kPatience_ms > now_ms) continue;
    client->is_stuck = true;
    client->full_since_ms = 0;
  }
}

AttachServer::Input AttachServer::read(int fd, std::span<char> buffer) {
  Client* client = find(fd);
  if (client == nullptr || !client->can_read) return {};
  const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) return {.closed = false, .data = {buffer.data(), static_cast<size_t>(got)}};
  if (got < 0 && !is_gone(errno)) return {};
  client->can_read = false;
  watch(*client);
  return {.closed = true, .data = {}};
}

std::vector<int> AttachServer::readers() const {
  std::vector<int> fds;
  for (const auto& client : clients_) {
    if (client->can_read) fds.push_back(client->fd.get());
  }
  return fds;
}

void AttachServer::hold_input(bool hold) {
  if (hold == input_held_) return;
  input_held_ = hold;
  std::vector<int> gone;
  for (const auto& client : clients_) {
    watch(*client);
    if (!hold && client->hung_up && !client->can_read) gone.push_back(client->fd.get());
  }
  for (const int fd : gone) drop(fd);
}

void AttachServer::hang_up(int fd) {
  Client* client = find(fd);
  if (client == nullptr) return;
  if (client->can_read && input_held_) {
    // What it sent before is still to be read; until then the loop would spin.
    client->hung_up = true;
    loop_.forget(fd);
    return;
  }
  if (!client->can_read) drop(fd);
}

void AttachServer::finish() {
  loop_.forget(socket_.get());
  int64_t progress = monotonic_ms();
  while (true) {
    std::vector<pollfd> waiting;
    for (const auto& client : clients_) {
      if (!client->queue.is_empty() && !client->is_stuck) {
        waiting.push_back({.fd = client->fd.get(), .events = POLLOUT, .revents = 0});
      }
    }
    const int64_t left = progress + kPatience_ms - monotonic_ms();
    if (waiting.empty() || left <= 0) break;
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) <= 0) continue;
    progress = monotonic_ms();
    for (const pollfd& entry : waiting) {
      if (entry.revents == 0) continue;
      Client* client = find(entry.fd);
      if (client != nullptr && !send_some(*client)) drop(entry.fd);
    }
  }
  clients_.clear();
  if (!socket_) return;
  socket_.reset();
  (void)::unlink(path_.c_str());  // gone already: as wanted
}

}  // namespace ocirt::shim
