// Pushes an image: the layers that the registry lacks, its config, its manifest.
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/images/progress.h"
#include "frontend/images/store.h"
#include "frontend/registry/reference.h"
#include "frontend/registry/registry.h"
#include "frontend/unpack/helper.h"

namespace ocirt::images {

/// Returns the digest of the manifest as it was pushed. Where the registry has each layer as it was
/// pulled, that is the manifest as it was; other layers are compressed anew, and the manifest says
/// so.
Result<std::string> push(const Store& store, unpack::Helper& helper, const ImageRecord& image,
                         registry::Registry& target, const registry::Reference& reference,
                         Progress& progress);

}  // namespace ocirt::images
