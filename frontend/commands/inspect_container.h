// All that is known of a container, as podman's `container inspect` tells it.
#pragma once

#include "base/result.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"

namespace ocirt::frontend {

Result<Json> inspect_container(Containers& containers, const Containers::Found& found);

}  // namespace ocirt::frontend
