// Networks by netavark: bridges of the host, with veth devices into the containers.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::network {

/// The networks that a container asks for: "podman" if it names none; "NAME:ip=...,mac=...,alias=
/// ...,interface_name=..." with options; several with commas between them.
struct AskedNetwork {
  std::string name;
  std::vector<std::string> addresses;
  std::string mac;
  std::vector<std::string> aliases;
  std::string interface;
  friend bool operator==(const AskedNetwork&, const AskedNetwork&) = default;
};

/// Pure. Errors: InvalidConfig.
Result<std::vector<AskedNetwork>> asked_networks(const model::Record& record);

/// Takes addresses for the container, and has netavark make the devices, rules and names.
Result<> attach_bridge(const model::Record& record, const Directories& where, pid_t init,
                       NetworkState& state);

/// Takes the devices and rules down, and gives the addresses back.
Result<> detach_bridge(const model::Record& record, const Directories& where,
                       const NetworkState& state);

}  // namespace ocirt::network
