// RouteSocket finds, moves and brings up devices, in network namespaces of the test's own.
#include "sys/netlink.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <cstdlib>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

constexpr int kOwnNetwork = CLONE_NEWUSER | CLONE_NEWNET;

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

// The network namespace that we leave for another new one; -1 where that fails.
UniqueFd leave_for_a_new_network() {
  UniqueFd old(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  return ::unshare(CLONE_NEWNET) == 0 ? std::move(old) : UniqueFd();
}

bool is_up(const char* name) {
  ifaddrs* list = nullptr;
  bool up = false;
  if (::getifaddrs(&list) != 0) return false;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (std::string(entry->ifa_name) == name) up = (entry->ifa_flags & IFF_UP) != 0;
  }
  ::freeifaddrs(list);
  return up;
}

TEST(RouteSocket, FindsDevicesByName) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    const Result<RouteSocket> socket = RouteSocket::open();
    OCIRT_CHECK(socket, socket.error().message());
    OCIRT_CHECK(socket->find_link("lo").value_or(-1) == 1);
    OCIRT_CHECK(socket->find_link("nosuchdev").value_or(-1) == 0);
    OCIRT_CHECK(socket->find_link("a_name_of_more_than_15_letters").value_or(-1) == 0);
    return "";
  });
}

TEST(RouteSocket, BringsADeviceUp) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    const Result<RouteSocket> socket = RouteSocket::open();
    OCIRT_CHECK(socket, socket.error().message());
    OCIRT_CHECK(!is_up("lo"));
    const Result<> done = socket->set_link_up(1);
    OCIRT_CHECK(done, done.error().message());
    OCIRT_CHECK(is_up("lo"));
    return "";
  });
}

TEST(RouteSocket, MovesADeviceWithItsLastingAddresses) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    if (!run("ip link add dev0 type veth peer name dev1")) return "skip: no veth devices";
    OCIRT_CHECK(run("ip addr add 192.0.2.7/24 dev dev0"));
    OCIRT_CHECK(run("ip addr add 192.0.2.8/24 dev dev0"));
    OCIRT_CHECK(run("ip addr add 198.51.100.1/24 scope link dev dev0"));
    OCIRT_CHECK(run("ip addr add 203.0.113.1/24 valid_lft 99 preferred_lft 99 dev dev0"));
    const UniqueFd first = leave_for_a_new_network();
    OCIRT_CHECK(first);
    const UniqueFd second(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    const Result<RouteSocket> outside = RouteSocket::open_in(first.get());
    const Result<RouteSocket> inside = RouteSocket::open();
    OCIRT_CHECK(outside, outside.error().message());
    const int index = outside->find_link("dev0").value_or(-1);
    const auto addresses = outside->lasting_addresses_of(index);
    OCIRT_CHECK(addresses, addresses.error().message());
    OCIRT_CHECK(addresses->size() == 2, std::to_string(addresses->size()));

    const Result<> moved = outside->move_link(index, second.get(), "new0");
    OCIRT_CHECK(moved, moved.error().message());
    OCIRT_CHECK(outside->find_link("dev0").value_or(-1) == 0);
    const int new_index = inside->find_link("new0").value_or(-1);
    OCIRT_CHECK(new_index > 0);
    for (const LinkAddress& address : *addresses) {
      const Result<> added = inside->add_address(new_index, address);
      OCIRT_CHECK(added, added.error().message());
    }
    OCIRT_CHECK(run("ip -o addr show dev new0 | grep -F 'inet 192.0.2.7/24'"));
    OCIRT_CHECK(run("ip -o addr show dev new0 | grep -F 'inet 192.0.2.8/24'"));
    return "";
  });
}

TEST(RouteSocket, RemovesAVethByItsOtherEnd) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    if (!run("ip link add dev0 type veth peer name dev1")) return "skip: no veth devices";
    OCIRT_CHECK(run("ip link set dev1 address 02:00:00:00:0a:ff"));
    const Result<RouteSocket> socket = RouteSocket::open();
    OCIRT_CHECK(socket, socket.error().message());
    const int index = socket->find_link("dev0").value_or(-1);
    const Result<std::optional<Link>> link = socket->look_at(index);
    OCIRT_CHECK(link, link.error().message());
    OCIRT_CHECK(link->has_value());
    const int peer = (*link)->peer;
    OCIRT_CHECK(peer == socket->find_link("dev1").value_or(-1), std::to_string(peer));
    const Result<std::optional<Link>> other = socket->look_at(peer);
    OCIRT_CHECK(other && other->has_value());
    OCIRT_CHECK((*other)->address == "02:00:00:00:0a:ff", (*other)->address);
    OCIRT_CHECK((*other)->peer == index);

    const Result<> removed = socket->remove_link(peer);
    OCIRT_CHECK(removed, removed.error().message());
    OCIRT_CHECK(socket->find_link("dev0").value_or(-1) == 0);
    const Result<std::optional<Link>> gone = socket->look_at(index);
    OCIRT_CHECK(gone, gone.error().message());
    OCIRT_CHECK(!gone->has_value());
    const Result<> again = socket->remove_link(peer);
    OCIRT_CHECK(again, again.error().message());
    return "";
  });
}

TEST(RouteSocket, HasNoPeerForADeviceWithoutOne) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    const Result<RouteSocket> socket = RouteSocket::open();
    OCIRT_CHECK(socket, socket.error().message());
    const Result<std::optional<Link>> loopback = socket->look_at(1);
    OCIRT_CHECK(loopback, loopback.error().message());
    OCIRT_CHECK(loopback->has_value());
    OCIRT_CHECK((*loopback)->peer == 0);
    return "";
  });
}

TEST(RouteSocket, TellsWhyADeviceStays) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    const UniqueFd first = leave_for_a_new_network();
    OCIRT_CHECK(first);
    const Result<RouteSocket> socket = RouteSocket::open();
    OCIRT_CHECK(socket, socket.error().message());
    const Result<> moved = socket->move_link(1, first.get(), "lo1");
    OCIRT_CHECK(!moved);
    OCIRT_CHECK(moved.error().errno_value == EINVAL, moved.error().message());
    OCIRT_CHECK(socket->find_link("lo").value_or(-1) == 1);
    return "";
  });
}

TEST(RouteSocket, ReturnsFromTheOtherNamespace) {
  OCIRT_IN_CHILD(kOwnNetwork, []() -> std::string {
    const UniqueFd first = leave_for_a_new_network();
    OCIRT_CHECK(first);
    char before[64] = {};
    char after[64] = {};
    OCIRT_CHECK(::readlink("/proc/self/ns/net", before, sizeof before - 1) > 0);
    OCIRT_CHECK(RouteSocket::open_in(first.get()));
    OCIRT_CHECK(::readlink("/proc/self/ns/net", after, sizeof after - 1) > 0);
    OCIRT_CHECK(std::string(before) == after);
    return "";
  });
}

}  // namespace
}  // namespace ocirt::sys
