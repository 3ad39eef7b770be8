// For which platform a verb is asked.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/commands/context.h"
#include "frontend/registry/manifest.h"

namespace ocirt::frontend {

/// Of --platform, or of --os, --arch and --variant; else what this machine runs.
Result<registry::Platform> wanted_platform(const Line& line);

/// Whether any of these options is given.
bool names_platform(const Line& line);

/// An image's own platform, of its config.
Result<registry::Platform> platform_of(const Context& context, const images::ImageRecord& image);

/// All images of the stores that came under the same index as this name: one for each platform
/// that was pulled. At least the image itself, which is the first.
std::vector<images::ImageRecord> all_platforms_of(const Context& context, const Found& found);

/// The image that `text` means, for the platform that the line names, if it names one.
/// Errors: NotFound, with the platforms that are here.
Result<Found> find_for_platform(const Context& context, const Line& line, const std::string& text);

}  // namespace ocirt::frontend
