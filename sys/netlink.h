// Network devices by rtnetlink(7): finding them, moving them, their addresses. Knows no OCI word.
#pragma once

#include <linux/if_addr.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// An address of a network device, as the kernel describes it.
struct LinkAddress {
  ifaddrmsg header;
  std::string attributes;  // IFA_*, as they go over the wire
};

/// A network device, as much of it as anyone here asks for.
struct Link {
  int peer = 0;         // index of a veth's other end, in whichever namespace that is; 0: none
  std::string address;  // of the hardware: "02:42:0a:58:00:02"
};

/// A conversation with the kernel about the devices of one network namespace.
class RouteSocket {
 public:
  /// For our own network namespace.
  static Result<RouteSocket> open();
  /// For the one that the fd `netns` stands for: joins it for the moment that a socket needs to be
  /// made, so the caller has one thread and CAP_SYS_ADMIN over both.
  static Result<RouteSocket> open_in(int netns);

  /// The index of the device that is called `name`, or 0 where there is none.
  Result<int> find_link(const std::string& name) const;
  /// The device with this index; nothing where there is none.
  Result<std::optional<Link>> look_at(int index) const;
  /// The permanent addresses of any family with global scope, in the kernel's order.
  Result<std::vector<LinkAddress>> lasting_addresses_of(int index) const;
  /// Moves a device to another network namespace, where it is called `name`. It arrives down and
  /// without addresses, and its index may be another.
  Result<> move_link(int index, int netns, const std::string& name) const;
  /// Makes a pair of veth devices: one is called `name`, the kernel names the other.
  Result<> add_veth(const std::string& name) const;
  /// Removes a device, and a veth's other end with it. One that isn't there is no error.
  Result<> remove_link(int index) const;
  Result<> add_address(int index, const LinkAddress& address) const;
  Result<> set_link_up(int index) const;

 private:
  explicit RouteSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<> request(std::string message) const;

  UniqueFd fd_;
};

}  // namespace ocirt::sys
