// Pulling an image for another verb.
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/commands/context.h"

namespace ocirt::frontend {

/// Pulls the image, whether it is here or not, and returns its id. Of the line's options those of
/// `pull` count: authfile, tls-verify, platform, arch, os, variant, quiet.
Result<std::string> pull_image(Context& context, const Line& line, const std::string& name);

}  // namespace ocirt::frontend
