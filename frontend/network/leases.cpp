// Which container has which address and port: symbolic links in RUN/networks.
#include "frontend/network/leases.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "frontend/network/cidr.h"
#include "frontend/network/directory.h"
#include "sys/file.h"

namespace ocirt::network {

namespace {

// Of RUN/ID, RUN/networks.
std::string run_root(const Directories& where) {
  return where.run.substr(0, where.run.rfind('/'));
}

std::string leases_root(const Directories& where) {
  return run_root(where) + "/networks";
}

// Who has the link, if that container still has a network.
std::optional<std::string> owner_of(const Directories& where, int directory,
                                    const std::string& name) {
  const Result<std::string> id = sys::read_link(directory, name.c_str());
  if (!id) return std::nullopt;
  const std::string state = fmt::format("{}/{}/network.json", run_root(where), *id);
  if (sys::exists(state.c_str())) return *id;
  return std::nullopt;
}

// The directory is locked, so nobody else is here.
Result<bool> take(const Directories& where, int directory, const std::string& name,
                  const std::string& id) {
  const std::optional<std::string> owner = owner_of(where, directory, name);
  if (owner) return *owner == id;
  (void)::unlinkat(directory, name.c_str(), 0);  // nobody's, or not there
  if (::symlinkat(id.c_str(), directory, name.c_str()) == 0) return true;
  return last_error(fmt::format("take {}", name));
}

struct Candidates {
  Number first = 0;
  Number last = 0;
  Number gateway = 0;
};

Candidates candidates_in(const Cidr& range, const Subnet& subnet) {
  // Not the network's own address, nor IPv4's for broadcasts.
  Candidates found{.first = range.first.number + 1,
                   .last = range.first.v6 ? range.last() : range.last() - 1};
  if (const auto gateway = parse_address(subnet.gateway)) found.gateway = gateway->number;
  if (const auto start = parse_address(subnet.lease_start)) found.first = start->number;
  if (const auto end = parse_address(subnet.lease_end)) found.last = end->number;
  return found;
}

Error is_taken(const std::string& what, const std::string& owner) {
  constexpr size_t kShortId = 12;
  return make_error(ErrorKind::AlreadyExists,
                    fmt::format("{} is used by the container {}", what, owner.substr(0, kShortId)));
}

}  // namespace

Result<std::string> take_address(const Directories& where, const std::string& id,
                                 const std::string& network, const Subnet& subnet,
                                 const std::string& wanted) {
  const std::string path = fmt::format("{}/addresses/{}", leases_root(where), network);
  TRY(make_directory(path));
  const UniqueFd directory = TRY(lock_directory(path));
  const std::optional<Cidr> range = parse_cidr(subnet.subnet);
  if (!range) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("network {}: bad subnet \"{}\"", network, subnet.subnet));
  }
  if (!wanted.empty()) {
    const std::optional<Address> address = parse_address(wanted);
    if (!address || !range->holds(*address)) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("address {} is not in the subnet {} of the network {}", wanted,
                                    subnet.subnet, network));
    }
    const std::string name = print_address(*address);
    if (TRY(take(where, directory.get(), name, id))) return name;
    return is_taken("address " + name, owner_of(where, directory.get(), name).value_or(""));
  }
  const Candidates candidates = candidates_in(*range, subnet);
  for (Number number = candidates.last; number >= candidates.first; --number) {
    if (number == candidates.gateway) continue;
    std::string name = print_address({.v6 = range->first.v6, .number = number});
    if (TRY(take(where, directory.get(), name, id))) return name;
  }
  return make_error(ErrorKind::System, fmt::format("no address is left in the network {} ({})",
                                                   network, subnet.subnet));
}

Result<> take_ports(const Directories& where, const model::Record& record) {
  if (record.ports.empty()) return {};
  const std::string path = leases_root(where) + "/ports";
  TRY(make_directory(path));
  const UniqueFd directory = TRY(lock_directory(path));
  const auto is_any = [](std::string_view ip) {
    return ip.empty() || ip == "0.0.0.0" || ip == "::";
  };
  const std::vector<std::string> names = names_in(path);
  for (const model::PublishedPort& port : record.ports) {
    for (int i = 0; i < port.count; ++i) {
      const std::string begin = fmt::format("{}:{}:", port.protocol, port.host_port + i);
      // The same port on another address is free, but all addresses are one.
      for (const std::string& name : names) {
        if (!name.starts_with(begin)) continue;
        const std::string_view ip = std::string_view(name).substr(begin.size());
        if (ip != port.host_ip && !is_any(ip) && !is_any(port.host_ip)) continue;
        const std::optional<std::string> owner = owner_of(where, directory.get(), name);
        if (!owner || *owner == record.id) continue;
        return is_taken(fmt::format("{} port {} of the host", port.protocol, port.host_port + i),
                        *owner);
      }
      const std::string name = begin + (is_any(port.host_ip) ? "0.0.0.0" : port.host_ip);
      if (!TRY(take(where, directory.get(), name, record.id))) {
        return is_taken(name, owner_of(where, directory.get(), name).value_or(""));
      }
    }
  }
  return {};
}

void give_back(const Directories& where, const std::string& id) {
  std::vector<std::string> paths = {leases_root(where) + "/ports"};
  const std::string addresses = leases_root(where) + "/addresses";
  for (const std::string& network : names_in(addresses)) paths.push_back(addresses + '/' + network);
  for (const std::string& path : paths) {
    const Result<UniqueFd> directory = lock_directory(path);
    if (!directory) continue;  // there are none
    for (const std::string& name : names_in(path)) {
      const Result<std::string> owner = sys::read_link(directory->get(), name.c_str());
      // What stays is nobody's as soon as our network.json goes.
      if (owner && *owner == id) (void)::unlinkat(directory->get(), name.c_str(), 0);
    }
  }
}

}  // namespace ocirt::network
