// Unix sockets: pairs, listening and connecting by directory fd, and passing fds. No OCI word.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// Two connected SOCK_SEQPACKET ends: one packet sent is one packet received.
Result<std::pair<UniqueFd, UniqueFd>> packet_pair();

/// Binds a listening SOCK_SEQPACKET socket with mode 0600 to `name` in `directory`. The path may be
/// longer than sun_path allows, since it is bound through /proc/self/fd.
Result<UniqueFd> listen_at(int directory, const char* name);

/// Connects to such a socket. Errors: NotFound where there is no file of that name, System with
/// ECONNREFUSED where nobody listens any more.
Result<UniqueFd> connect_at(int directory, const char* name);

/// Connects to a SOCK_STREAM socket by its host path (a console socket).
Result<UniqueFd> connect_stream(const std::string& path);

/// Binds a SOCK_DGRAM socket, to which everybody may send, to `name` in `directory`. Replaces a
/// socket of that name.
Result<UniqueFd> bind_datagram_at(int directory, const char* name);

/// Connects to a SOCK_DGRAM socket by its host path, or by its abstract name: "@" and the name, as
/// in NOTIFY_SOCKET (sd_notify(3)).
Result<UniqueFd> connect_datagram(std::string_view text);

/// Sends one packet, with an fd if `fd` isn't -1. Never raises SIGPIPE.
Result<> send_packet(int socket, std::span<const std::byte> data, int fd = -1);

struct Packet {
  size_t size = 0;  // 0: the other end is gone
  UniqueFd fd;
};

/// Receives one packet into `buffer`, and at most one fd with it.
Result<Packet> receive_packet(int socket, std::span<std::byte> buffer);

}  // namespace ocirt::sys
