// What a container is told of the host's network.
#include "frontend/network/host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <optional>

#include "frontend/network/cidr.h"
#include "sys/file.h"

namespace ocirt::network {

namespace {

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    __builtin_memcpy(&v4, address, sizeof v4);
    return ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size()) == nullptr ? ""
                                                                                   : text.data();
  }
  if (address->sa_family != AF_INET6) return "";
  sockaddr_in6 v6{};
  __builtin_memcpy(&v6, address, sizeof v6);
  if (IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr)) return "";
  return ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size()) == nullptr ? ""
                                                                                   : text.data();
}

}  // namespace

std::string host_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) < 0) return "";
  std::string first_v6;
  std::string first_v4;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_LOOPBACK) != 0) continue;
    std::string text = text_of(each->ifa_addr);
    if (text.empty()) continue;
    std::string& first = each->ifa_addr->sa_family == AF_INET ? first_v4 : first_v6;
    if (first.empty()) first = std::move(text);
  }
  ::freeifaddrs(list);
  return first_v4.empty() ? first_v6 : first_v4;
}

std::vector<std::string> host_ranges() {
  std::vector<std::string> ranges;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) < 0) return ranges;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || each->ifa_netmask == nullptr) continue;
    const std::string text = text_of(each->ifa_addr);
    if (text.empty()) continue;
    const std::optional<Address> mask = parse_address(text_of(each->ifa_netmask));
    int prefix = 0;
    for (Number bits = mask ? mask->number : 0; bits != 0; bits &= bits - 1) ++prefix;
    ranges.push_back(text + '/' + std::to_string(prefix));
  }
  ::freeifaddrs(list);
  return ranges;
}

bool is_device(const std::string& name) {
  return ::if_nametoindex(name.c_str()) != 0;
}

std::string own_host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string host_resolv_conf() {
  constexpr size_t kMostBytes = 1 << 20;
  std::string text = sys::read_file(AT_FDCWD, "/etc/resolv.conf", kMostBytes).value_or("");
  if (text.find("nameserver 127.0.0.53") == std::string::npos) return text;
  return sys::read_file(AT_FDCWD, "/run/systemd/resolve/resolv.conf", kMostBytes).value_or(text);
}

}  // namespace ocirt::network
