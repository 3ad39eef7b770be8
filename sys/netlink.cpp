// Network devices by rtnetlink(7): finding them, moving them, their addresses. Knows no OCI word.
#include "sys/netlink.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "sys/file.h"

namespace ocirt::sys {

namespace {

constexpr size_t kLargestReply = 32 * 1024;  // what the kernel fills at most for a reader of dumps

template <typename T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

// Everything in a message is padded to 4 bytes (netlink(7)).
void append(std::string& message, std::string_view bytes) {
  message.append(bytes);
  message.resize(NLMSG_ALIGN(message.size()));
}

void append_attribute(std::string& message, uint16_t type, std::string_view value) {
  append(message, bytes_of(rtattr{.rta_len = static_cast<uint16_t>(RTA_LENGTH(value.size())),
                                  .rta_type = type}));
  append(message, value);
}

template <typename Body>
std::string message_of(uint16_t type, uint16_t flags, const Body& body) {
  std::string message;
  append(message, bytes_of(nlmsghdr{.nlmsg_len = 0,  // known when it is sent
                                    .nlmsg_type = type,
                                    .nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags),
                                    .nlmsg_seq = 0,
                                    .nlmsg_pid = 0}));
  append(message, bytes_of(body));
  return message;
}

Result<> send(int socket, std::string message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::memcpy(message.data() + offsetof(nlmsghdr, nlmsg_len), &size, sizeof size);
  if (::send(socket, message.data(), message.size(), 0) < 0) return last_error("ask the kernel");
  return {};
}

// One datagram of replies, in an array that is aligned for them.
struct Replies {
  alignas(nlmsghdr) std::array<char, kLargestReply> bytes;
  size_t size = 0;

  // Calls `visit` for each; stops where it returns false.
  bool for_each(auto visit) const {
    const auto* reply = reinterpret_cast<const nlmsghdr*>(bytes.data());
    for (size_t left = size; NLMSG_OK(reply, left); reply = NLMSG_NEXT(reply, left)) {
      if (!visit(reply)) return false;
    }
    return true;
  }
};

Result<> receive(int socket, Replies& replies) {
  ssize_t got = 0;
  do {
    got = ::recv(socket, replies.bytes.data(), replies.bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error("hear from the kernel");
  replies.size = static_cast<size_t>(got);
  return {};
}

// What the kernel says about an error besides its number: "The interface netns is immutable".
std::string explanation_in(const nlmsghdr* reply) {
  if ((reply->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  constexpr size_t kStart = NLMSG_LENGTH(sizeof(nlmsgerr));  // NETLINK_CAP_ACK: no echo in between
  if (reply->nlmsg_len < kStart) return {};
  const auto* attribute =
      reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(reply) + kStart);
  size_t left = reply->nlmsg_len - kStart;
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != NLMSGERR_ATTR_MSG) continue;
    const char* text = static_cast<const char*>(RTA_DATA(attribute));
    return {text, ::strnlen(text, RTA_PAYLOAD(attribute))};
  }
  return {};
}

Result<> result_in(const nlmsghdr* reply) {
  const auto* outcome = static_cast<const nlmsgerr*>(NLMSG_DATA(reply));
  if (outcome->error == 0) return {};
  const std::string explanation = explanation_in(reply);
  return system_error(-outcome->error,
                      explanation.empty() ? "the kernel refuses" : "the kernel: " + explanation);
}

bool is_lasting(const ifaddrmsg& header, uint32_t flags) {
  return header.ifa_scope == RT_SCOPE_UNIVERSE && (flags & IFA_F_PERMANENT) != 0;
}

// What of an address means the same in another namespace. IFA_LABEL is left out: for IPv4 it must
// begin with the device's name, which may be another there.
LinkAddress address_in(const nlmsghdr* reply, uint32_t& flags) {
  // The kernel sets the others by itself, or refuses them.
  constexpr uint32_t kGivenByUsers =
      IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE;
  LinkAddress address{};
  const auto* body = static_cast<const ifaddrmsg*>(NLMSG_DATA(reply));
  address.header = *body;
  flags = body->ifa_flags;
  const rtattr* attribute = IFA_RTA(body);
  size_t left = IFA_PAYLOAD(reply);
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    const std::string_view value(static_cast<const char*>(RTA_DATA(attribute)),
                                 RTA_PAYLOAD(attribute));
    switch (attribute->rta_type) {
      case IFA_FLAGS:  // all 32 bits, of which the header has 8
        std::memcpy(&flags, value.data(), sizeof flags);
        break;
      case IFA_ADDRESS:
      case IFA_LOCAL:
      case IFA_BROADCAST:
      case IFA_RT_PRIORITY:
      case IFA_CACHEINFO:  // the lifetimes: a permanent address may still be deprecated
        append_attribute(address.attributes, attribute->rta_type, value);
        break;
      default:
        break;
    }
  }
  append_attribute(address.attributes, IFA_FLAGS, bytes_of(flags & kGivenByUsers));
  address.header.ifa_flags = 0;
  return address;
}

std::string colon_separated(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", static_cast<unsigned char>(byte));
  }
  return text;
}

Link link_in(const nlmsghdr* reply) {
  Link link;
  const auto* body = static_cast<const ifinfomsg*>(NLMSG_DATA(reply));
  const rtattr* attribute = IFLA_RTA(body);
  size_t left = IFLA_PAYLOAD(reply);
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    const std::string_view value(static_cast<const char*>(RTA_DATA(attribute)),
                                 RTA_PAYLOAD(attribute));
    if (attribute->rta_type == IFLA_LINK) std::memcpy(&link.peer, value.data(), sizeof link.peer);
    if (attribute->rta_type == IFLA_ADDRESS) link.address = colon_separated(value);
  }
  return link;
}

}  // namespace

Result<RouteSocket> RouteSocket::open() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return last_error("make a netlink socket");
  const int yes = 1;
  // Only better errors, which an old kernel lacks.
  (void)::setsockopt(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof yes);
  (void)::setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &yes, sizeof yes);
  return RouteSocket(std::move(fd));
}

Result<RouteSocket> RouteSocket::open_in(int netns) {
  const UniqueFd ours = TRY(open_at(AT_FDCWD, "/proc/self/ns/net", O_RDONLY));
  if (::setns(netns, CLONE_NEWNET) < 0) return last_error("visit a network namespace");
  Result<RouteSocket> socket = open();
  if (::setns(ours.get(), CLONE_NEWNET) < 0) return last_error("return to our network namespace");
  return socket;
}

Result<int> RouteSocket::find_link(const std::string& name) const {
  ifreq question{};
  if (name.size() >= sizeof question.ifr_name) return 0;
  std::memcpy(question.ifr_name, name.data(), name.size());
  if (::ioctl(fd_.get(), SIOCGIFINDEX, &question) == 0) return question.ifr_ifindex;
  if (errno == ENODEV) return 0;
  return last_error(fmt::format("look for network device \"{}\"", name));
}

Result<> RouteSocket::request(std::string message) const {
  TRY(send(fd_.get(), std::move(message)));
  Replies replies;
  TRY(receive(fd_.get(), replies));
  Result<> done;
  replies.for_each([&](const nlmsghdr* reply) {
    if (reply->nlmsg_type != NLMSG_ERROR) return true;
    done = result_in(reply);  // an acknowledgement is an error of number 0
    return false;
  });
  return done;
}

Result<std::optional<Link>> RouteSocket::look_at(int index) const {
  TRY(send(fd_.get(), message_of(RTM_GETLINK, 0, ifinfomsg{.ifi_index = index})));
  Replies replies;
  TRY(receive(fd_.get(), replies));
  std::optional<Link> link;
  Result<> done;
  replies.for_each([&](const nlmsghdr* reply) {
    if (reply->nlmsg_type == NLMSG_ERROR) done = result_in(reply);
    if (reply->nlmsg_type == RTM_NEWLINK) link = link_in(reply);
    return false;
  });
  if (!done && done.error().errno_value != ENODEV) return std::move(done).error();
  return link;
}

Result<std::vector<LinkAddress>> RouteSocket::lasting_addresses_of(int index) const {
  TRY(send(fd_.get(), message_of(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{})));
  std::vector<LinkAddress> addresses;
  Replies replies;
  Result<> done;
  bool more = true;
  while (more) {
    TRY(receive(fd_.get(), replies));
    more = replies.for_each([&](const nlmsghdr* reply) {
      if (reply->nlmsg_type == NLMSG_ERROR) done = result_in(reply);
      if (reply->nlmsg_type == NLMSG_ERROR || reply->nlmsg_type == NLMSG_DONE) return false;
      if (reply->nlmsg_type != RTM_NEWADDR) return true;
      uint32_t flags = 0;
      LinkAddress address = address_in(reply, flags);
      if (static_cast<int>(address.header.ifa_index) != index) return true;
      if (is_lasting(address.header, flags)) addresses.push_back(std::move(address));
      return true;
    });
  }
  if (!done) return std::move(done).error();
  return addresses;
}

Result<> RouteSocket::move_link(int index, int netns, const std::string& name) const {
  std::string message = message_of(RTM_NEWLINK, NLM_F_ACK, ifinfomsg{.ifi_index = index});
  append_attribute(message, IFLA_NET_NS_FD, bytes_of(netns));
  append_attribute(message, IFLA_IFNAME, {name.c_str(), name.size() + 1});
  return request(std::move(message));
}

Result<> RouteSocket::add_veth(const std::string& name) const {
  std::string message = message_of(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{});
  append_attribute(message, IFLA_IFNAME, {name.c_str(), name.size() + 1});
  std::string kind;
  append_attribute(kind, IFLA_INFO_KIND, "veth");
  append_attribute(message, IFLA_LINKINFO | NLA_F_NESTED, kind);
  return request(std::move(message));
}

Result<> RouteSocket::remove_link(int index) const {
  Result<> done = request(message_of(RTM_DELLINK, NLM_F_ACK, ifinfomsg{.ifi_index = index}));
  if (!done && done.error().errno_value == ENODEV) return {};
  return done;
}

Result<> RouteSocket::add_address(int index, const LinkAddress& address) const {
  ifaddrmsg header = address.header;
  header.ifa_index = static_cast<uint32_t>(index);
  std::string message = message_of(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, header);
  message += address.attributes;
  return request(std::move(message));
}

Result<> RouteSocket::set_link_up(int index) const {
  return request(
      message_of(RTM_NEWLINK, NLM_F_ACK,
                 ifinfomsg{.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}));
}

}  // namespace ocirt::sys
