// Which container has which address and port: symbolic links in RUN/networks, gone with a reboot.
//
//   RUN/networks/addresses/NETWORK/ADDRESS   leads to the container's id
//   RUN/networks/ports/PROTOCOL:PORT:IP      the same; for networks on which nobody listens
//
// One directory is locked (flock(2)) while one of its links is taken. A link of a container that
// has no RUN/ID/network.json any more is nobody's.
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/model/record.h"
#include "frontend/network/definition.h"
#include "frontend/network/network.h"

namespace ocirt::network {

/// An address in the subnet for the container: `wanted`, or if that is empty the highest that is
/// free. podman counts from below, and may have containers on the same bridge.
/// Errors: AlreadyExists, InvalidConfig for an address that isn't in the subnet, System if none is
/// left.
Result<std::string> take_address(const Directories& where, const std::string& id,
                                 const std::string& network, const Subnet& subnet,
                                 const std::string& wanted);

/// Errors: AlreadyExists, naming the container that has one.
Result<> take_ports(const Directories& where, const model::Record& record);

/// Gives back all that the container has.
void give_back(const Directories& where, const std::string& id);

}  // namespace ocirt::network
