// Limits as the runtime takes them. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::bundle {

/// What was asked for, without defaults and without devices: `linux.resources`, as `ocirt update
/// --resources` reads it too. Errors: InvalidConfig with the option.
Result<nlohmann::json> print_limits(const model::RequestedResources& asked);

}  // namespace ocirt::bundle
