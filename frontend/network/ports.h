// Published ports: chosen, checked, and written as the helpers want them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::network {

/// The ports with a free one wherever any will do (a host port of 0), checked by binding them for a
/// moment, all at once. Done once, at creation: the record keeps the answer.
/// Errors: AlreadyExists where another process has one; Denied below net.ipv4.ip_unprivileged_...
/// _port_start, with a hint; InvalidConfig for a bad address or protocol.
Result<std::vector<model::PublishedPort>> choose_ports(
    const std::vector<model::PublishedPort>& asked);

}  // namespace ocirt::network
