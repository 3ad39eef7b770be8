// Moves network devices of the runtime's network namespace into the container's. Runs in: creator.
#pragma once

#include <span>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Moves the devices to the network namespace `netns`, gives each its permanent global addresses
/// back, which the kernel takes away on the way, and brings it up. Moves none unless all of them
/// are there and their new names free. What has moved stays with the namespace: nobody moves it
/// back, and when the namespace ends the kernel keeps physical devices and removes virtual ones.
///
/// Errors: NotFound for a device that isn't there, AlreadyExists for a name that is taken.
/// Spec:   config-linux.md#network-devices
Result<> move_net_devices(std::span<const plan::NetDevice> devices, int netns);

}  // namespace ocirt::stages
