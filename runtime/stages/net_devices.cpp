// Moves network devices of the runtime's network namespace into the container's. Runs in: creator.
#include "runtime/stages/net_devices.h"

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

#include "sys/netlink.h"

namespace ocirt::stages {

namespace {

constexpr std::string_view kTemplate = "%d";

bool is_template(const plan::NetDevice& device) {
  return device.new_name.ends_with(kTemplate);
}

// The first of eth0, eth1, ... that is free. The kernel would choose the same, but tell nobody.
Result<std::string> choose_name(const sys::RouteSocket& inside, const plan::NetDevice& device) {
  if (!is_template(device)) return device.new_name;
  const std::string stem = device.new_name.substr(0, device.new_name.size() - kTemplate.size());
  for (int number = 0;; ++number) {
    std::string name = fmt::format("{}{}", stem, number);
    if (TRY(inside.find_link(name)) == 0) return name;
  }
}

// Before the first device moves: it would be lost with the container that fails for the second.
Result<int> check_device(const sys::RouteSocket& outside, const sys::RouteSocket& inside,
                         const plan::NetDevice& device) {
  const int index = TRY(outside.find_link(device.name));
  if (index == 0) {
    return make_error(ErrorKind::NotFound,
                      fmt::format("there is no network device \"{}\"", device.name));
  }
  if (!is_template(device) && TRY(inside.find_link(device.new_name)) != 0) {
    return make_error(
        ErrorKind::AlreadyExists,
        fmt::format("network device \"{}\": the container has a device \"{}\" already", device.name,
                    device.new_name));
  }
  return index;
}

Result<> move_device(const sys::RouteSocket& outside, const sys::RouteSocket& inside,
                     const plan::NetDevice& device, int index, int netns) {
  const std::vector<sys::LinkAddress> addresses = TRY(outside.lasting_addresses_of(index));
  const std::string name = TRY(choose_name(inside, device));
  TRY(outside.move_link(index, netns, name));
  const int new_index = TRY(inside.find_link(name));
  for (const sys::LinkAddress& address : addresses) TRY(inside.add_address(new_index, address));
  return inside.set_link_up(new_index);
}

}  // namespace

Result<> move_net_devices(std::span<const plan::NetDevice> devices, int netns) {
  const sys::RouteSocket outside = TRY(sys::RouteSocket::open());
  const sys::RouteSocket inside = TRY(sys::RouteSocket::open_in(netns));
  std::vector<int> indices;
  for (const plan::NetDevice& device : devices) {
    indices.push_back(TRY(check_device(outside, inside, device)));
  }
  for (size_t i = 0; i < devices.size(); ++i) {
    Result<> moved = move_device(outside, inside, devices[i], indices[i], netns);
    if (moved) continue;
    Error error = std::move(moved).error();
    error.text = fmt::format("move network device \"{}\": {}", devices[i].name, error.text);
    if (error.kind == ErrorKind::Denied) error.hint = "it takes CAP_NET_ADMIN over both namespaces";
    return error;
  }
  return {};
}

}  // namespace ocirt::stages
