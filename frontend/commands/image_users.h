// Which containers need which images: asked before an image is removed.
#pragma once

#include <string>
#include <vector>

#include "frontend/commands/context.h"
#include "frontend/images/remove.h"
#include "frontend/model/record.h"

namespace ocirt::frontend {

/// The records of all containers in the store that is written to.
std::vector<model::Record> records_of(const Context& context);

/// The ids of those that were made of the image.
std::vector<std::string> users_of_image(const std::vector<model::Record>& records,
                                        const std::string& image);

/// The layers that containers have, looked up when it is called.
images::LayersInUse layers_of_containers(const Context& context);

}  // namespace ocirt::frontend
