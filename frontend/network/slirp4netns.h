// Networks by slirp4netns(1).
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::network {

/// What slirp4netns makes of its network's range (slirp4netns(1)): 10.0.2.0/24 if nobody says.
struct SlirpAddresses {
  std::string network;
  std::string gateway;    // .2
  std::string dns;        // .3
  std::string container;  // .100
};

SlirpAddresses slirp_addresses(const model::Record& record);

/// Starts slirp4netns for the namespace of `init`, publishes the ports, and notes its process in
/// `state`. It ends by itself with the container.
Result<> attach_slirp4netns(const model::Record& record, const Directories& where, pid_t init,
                            NetworkState& state);

}  // namespace ocirt::network
