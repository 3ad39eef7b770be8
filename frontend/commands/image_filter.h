// Which images --filter leaves, and facts of images that filters ask for.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"

namespace ocirt::frontend {

/// The images that all filters ("key=value") leave, newest first. Errors: InvalidConfig for a
/// filter that isn't known.
Result<std::vector<images::ImageRecord>> filter_images(const Context& context,
                                                       const std::vector<std::string>& filters);

/// The labels of the image's config; an object, or null if there are none.
Json labels_of(const Context& context, const images::ImageRecord& image);

/// A layer whose pull was cut off.
struct PartialLayer {
  std::string name;
  uint64_t spooled = 0;  // bytes that are kept for the next try
};
std::vector<PartialLayer> partial_layers(const images::Store& store);

}  // namespace ocirt::frontend
