// Which images an archive has: docker-archive, OCI layout (as a tar or a directory), and the
// directories of `skopeo copy dir:`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/archive/archive_files.h"
#include "frontend/registry/manifest.h"

namespace ocirt::archive {

/// An image's documents. All of them have the digests by which the archive names them.
struct ArchivedImage {
  std::vector<std::string> names;  // whole, with tags; empty for one without a name
  std::string config_text;
  registry::ImageConfig config;
  std::vector<std::string> layer_files;  // one for each diff id of the config
  // What the archive has as the image's manifest. A docker-archive has none: `manifest_text` is
  // empty.
  std::string manifest_text;
  registry::Manifest manifest;
};

/// All images of the archive. Where one of them is there for several platforms, the one for
/// `wanted`. Errors: InvalidConfig with what is wrong; NotFound for a platform that isn't there.
Result<std::vector<ArchivedImage>> read_images(const ArchiveFiles& files,
                                               const registry::Platform& wanted);

}  // namespace ocirt::archive
