// Where a sysctl lies below /proc/sys. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ocirt::spec {

/// The path below /proc/sys that a key means: "net.ipv4.ip_forward", or with slashes, where a dot
/// then is part of a name: "net/ipv4/conf/eth0.1/mtu" (sysctl.d(5)).
std::string sysctl_path(std::string_view key);

}  // namespace ocirt::spec
