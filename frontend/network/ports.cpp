// Published ports: chosen, checked, and written as the helpers want them.
#include "frontend/network/ports.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace ocirt::network {

namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<SocketAddress> address_of(const std::string& ip, uint16_t port) {
  SocketAddress address;
  sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (ip.empty() || ::inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
    __builtin_memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  if (::inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
    __builtin_memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return make_error(ErrorKind::InvalidConfig, fmt::format("-p {}: not an address", ip));
}

Error refused(int errno_value, const model::PublishedPort& port, uint16_t number) {
  const std::string what = fmt::format("publish {} port {}{}{}", port.protocol, port.host_ip,
                                       port.host_ip.empty() ? "" : ":", number);
  if (errno_value == EACCES) {
    return system_error(errno_value, what)
        .with_hint(
            "ports below 1024 are root's: take a higher one, or ask root to lower the "
            "sysctl net.ipv4.ip_unprivileged_port_start");
  }
  if (errno_value == EADDRINUSE) {
    return system_error(errno_value, what)
        .with_hint(fmt::format("see who has it: ss -lnp 'sport = :{}'", number));
  }
  return system_error(errno_value, what);
}

// A socket that has the port, and which that is.
struct Bound {
  UniqueFd socket;
  uint16_t number = 0;
};

Result<Bound> bind_port(const model::PublishedPort& port, uint16_t number) {
  const SocketAddress address = TRY(address_of(port.host_ip, number));
  const int type = port.protocol == "udp" ? SOCK_DGRAM : SOCK_STREAM;
  if (port.protocol != "tcp" && port.protocol != "udp" && port.protocol != "sctp") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("-p: unknown protocol \"{}\"", port.protocol));
  }
  const int protocol = port.protocol == "sctp" ? IPPROTO_SCTP : 0;
  Bound bound{
      .socket = UniqueFd(::socket(address.storage.ss_family, type | SOCK_CLOEXEC, protocol)),
      .number = number};
  if (!bound.socket) {
    // Without SCTP in the kernel nobody else can have the port either.
    if (protocol == IPPROTO_SCTP && number != 0) return bound;
    return refused(errno, port, number);
  }
  // Connections that linger from an earlier container are no reason to refuse.
  const int on = 1;
  if (type == SOCK_STREAM) {
    (void)::setsockopt(bound.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const void* untyped = &address.storage;
  if (::bind(bound.socket.get(), static_cast<const sockaddr*>(untyped), address.size) < 0) {
    return refused(errno, port, number);
  }
  // With SO_REUSEADDR, only a listener keeps others off.
  if (type == SOCK_STREAM && ::listen(bound.socket.get(), 1) < 0)
    return refused(errno, port, number);
  if (number != 0) return bound;
  sockaddr_in6 got{};
  socklen_t size = sizeof got;
  void* any = &got;
  if (::getsockname(bound.socket.get(), static_cast<sockaddr*>(any), &size) < 0) {
    return refused(errno, port, number);
  }
  bound.number = ntohs(got.sin6_port);  // at the same place in both families
  return bound;
}

// All ports of a range; with none given, the range begins wherever there is room.
Result<uint16_t> bind_range(const model::PublishedPort& port, std::vector<UniqueFd>& held) {
  constexpr int kTries = 100;
  constexpr int kLastPort = 65535;
  for (int left = port.host_port == 0 ? kTries : 1;; --left) {
    Bound first = TRY(bind_port(port, port.host_port));
    std::vector<UniqueFd> range;
    const uint16_t begin = first.number;
    range.push_back(std::move(first.socket));
    Result<> failed;
    for (int i = 1; i < port.count && failed; ++i) {
      if (begin + i > kLastPort) {
        failed = make_error(ErrorKind::InvalidConfig, fmt::format("-p: no port {}", begin + i));
        break;
      }
      Result<Bound> next = bind_port(port, static_cast<uint16_t>(begin + i));
      if (!next) {
        failed = std::move(next).error();
        break;
      }
      range.push_back(std::move(next->socket));
    }
    if (failed) {
      for (UniqueFd& each : range) held.push_back(std::move(each));
      return begin;
    }
    if (left <= 1) return std::move(failed).error();
  }
}

}  // namespace

Result<std::vector<model::PublishedPort>> choose_ports(
    const std::vector<model::PublishedPort>& asked) {
  std::vector<UniqueFd> held;  // until all are bound: two of ours can't be the same either
  std::vector<model::PublishedPort> chosen = asked;
  for (model::PublishedPort& port : chosen) port.host_port = TRY(bind_range(port, held));
  return chosen;
}

}  // namespace ocirt::network
