// Limits as the runtime takes them. Pure.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/bundle/host_view.h"
#include "frontend/model/request.h"

namespace ocirt::bundle {

/// What was asked for, without defaults and rules of devices: `linux.resources`, as `ocirt update
/// --resources` reads it too. `devices` has the nodes whose rates are limited.
/// Errors: InvalidConfig with the option.
Result<nlohmann::json> print_limits(const model::RequestedResources& asked,
                                    const std::map<std::string, std::vector<HostNode>>& devices);

}  // namespace ocirt::bundle
