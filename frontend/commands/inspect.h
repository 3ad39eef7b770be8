// All that is known of an image, as podman's `image inspect` tells it.
#pragma once

#include "base/result.h"
#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"

namespace ocirt::frontend {

Result<Json> inspect_image(const Context& context, const images::ImageRecord& image);

}  // namespace ocirt::frontend
