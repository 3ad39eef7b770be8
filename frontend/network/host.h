// What a container is told of the host's network.
#pragma once

#include <string>
#include <vector>

namespace ocirt::network {

/// The first address of the host that isn't loopback's, IPv4 before IPv6; empty if there is none.
std::string host_address();

/// The subnets that the host's devices are in: "192.168.1.5/24".
std::vector<std::string> host_ranges();

/// Whether the host has a network device of that name.
bool is_device(const std::string& name);

std::string own_host_name();

/// The host's resolv.conf: where it names only systemd-resolved's own address, the one which names
/// the servers that it asks.
std::string host_resolv_conf();

}  // namespace ocirt::network
