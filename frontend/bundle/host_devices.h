// Device nodes of the host.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/host_view.h"

namespace ocirt::bundle {

/// The node at `path`; all below it where it is a directory. Errors: NotFound; InvalidConfig for
/// a file that is no device.
Result<std::vector<HostNode>> find_nodes(const std::string& path);

/// The nodes whose rates are limited, by the path that was named. Errors: as find_nodes().
Result<std::map<std::string, std::vector<HostNode>>> find_limited_devices(
    const model::RequestedResources& asked);

/// All of /dev but terminals and what every container has of its own.
std::vector<HostNode> all_nodes();

}  // namespace ocirt::bundle
