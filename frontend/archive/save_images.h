// Writes images of the store into archives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/archive/archive_writer.h"
#include "frontend/images/progress.h"
#include "frontend/images/store.h"
#include "frontend/registry/manifest.h"
#include "frontend/unpack/helper.h"

namespace ocirt::archive {

enum class Format { DockerArchive, OciArchive, DockerDirectory, OciDirectory };

/// "docker-archive", "oci-archive", "docker-dir", "oci-dir". Errors: InvalidConfig.
Result<Format> parse_format(std::string_view text);

/// One image for one platform.
struct SavedPlatform {
  const images::Store* store = nullptr;
  images::ImageRecord image;
  registry::Platform platform;
};

struct SavedImage {
  std::vector<std::string> names;
  std::vector<SavedPlatform> platforms;  // more than one: an index is made, in the OCI formats
};

struct SaveOptions {
  Format format = Format::DockerArchive;
  bool compress = true;  // layers become gzip; not in a docker-archive
};

/// Writes them all. Errors: Unsupported for several images where the format has room for one;
/// InvalidConfig for an image whose files were changed.
Result<> save_images(unpack::Helper& helper, ArchiveWriter& writer, const SaveOptions& options,
                     const std::vector<SavedImage>& images, images::Progress& progress);

}  // namespace ocirt::archive
