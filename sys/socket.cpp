// Unix sockets: pairs, listening and connecting by directory fd, and passing fds. No OCI word.
#include "sys/socket.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace ocirt::sys {

Result<std::pair<UniqueFd, UniqueFd>> packet_pair() {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) {
    return last_error("make a socket pair");
  }
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

namespace {

Result<sockaddr_un> address_of(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("socket path \"{}\" is longer than {} bytes", path,
                                  sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<sockaddr_un> address_in(int directory, const char* name) {
  return address_of(fmt::format("/proc/self/fd/{}/{}", directory, name));
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Result<UniqueFd> listen_at(int directory, const char* name) {
  const sockaddr_un address = TRY(address_in(directory, name));
  UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket");
  // The mode of the file is the socket's own at bind (unix(7)).
  (void)::fchmod(socket.get(), 0600);
  if (::bind(socket.get(), generic(address), sizeof address) < 0) {
    return last_error(fmt::format("bind socket \"{}\"", name));
  }
  if (::listen(socket.get(), 1) < 0) return last_error(fmt::format("listen on \"{}\"", name));
  return socket;
}

Result<UniqueFd> connect_at(int directory, const char* name) {
  const sockaddr_un address = TRY(address_in(directory, name));
  UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket");
  if (::connect(socket.get(), generic(address), sizeof address) < 0) {
    return last_error(fmt::format("connect to \"{}\"", name));
  }
  return socket;
}

Result<UniqueFd> bind_datagram_at(int directory, const char* name) {
  const sockaddr_un address = TRY(address_in(directory, name));
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket");
  if (::unlinkat(directory, name, 0) < 0 && errno != ENOENT) {
    return last_error(fmt::format("replace socket \"{}\"", name));
  }
  // With this mode from the start, and not by a path that may have become another file's.
  const mode_t former = ::umask(0);
  const int bound = ::bind(socket.get(), generic(address), sizeof address);
  const int problem = errno;
  (void)::umask(former);  // always succeeds
  if (bound < 0) return system_error(problem, fmt::format("bind socket \"{}\"", name));
  return socket;
}

Result<UniqueFd> connect_datagram(std::string_view text) {
  sockaddr_un address = TRY(address_of(text));
  socklen_t length = sizeof address;
  if (text.starts_with('@')) {
    // An abstract name has no end but the address's (unix(7)).
    address.sun_path[0] = '\0';
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size());
  }
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket");
  if (::connect(socket.get(), generic(address), length) < 0) {
    return last_error(fmt::format("connect to \"{}\"", text));
  }
  return socket;
}

Result<UniqueFd> connect_stream(const std::string& path) {
  const sockaddr_un address = TRY(address_of(path));
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return last_error("make a socket");
  if (::connect(socket.get(), generic(address), sizeof address) < 0) {
    return system_error(errno, fmt::format("connect to \"{}\"", path));
  }
  return socket;
}

Result<> send_packet(int socket, std::span<const std::byte> data, int fd) {
  iovec part{.iov_base = const_cast<std::byte*>(data.data()), .iov_len = data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return last_error("send a message");
  return {};
}

Result<Packet> receive_packet(int socket, std::span<std::byte> buffer) {
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    // ECONNRESET tells once, and ahead of the other end's last words, that it was closed with
    // something of ours unread.
  } while (got < 0 && (errno == EINTR || errno == ECONNRESET));
  if (got < 0) return last_error("receive a message");
  Packet packet{.size = static_cast<size_t>(got), .fd = {}};
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    packet.fd.reset(fd);
  }
  return packet;
}

}  // namespace ocirt::sys
