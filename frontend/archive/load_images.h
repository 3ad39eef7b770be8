// Brings the images of an archive into the store.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/archive/archive_files.h"
#include "frontend/archive/archive_images.h"
#include "frontend/images/progress.h"
#include "frontend/images/store.h"
#include "frontend/unpack/helper.h"

namespace ocirt::archive {

/// Loads one image, its layers one after the other, gives it its names, and returns its id. Layers
/// that the store has aren't read.
Result<std::string> load_image(const images::Store& store, unpack::Helper& helper,
                               const ArchiveFiles& files, const ArchivedImage& image,
                               images::Progress& progress);

/// The documents of an image that is made here, and its layers.
struct NewImage {
  std::string config_text;
  std::string manifest_text;
  std::string manifest_type;
  std::vector<images::LayerRecord> layers;  // in the order of the config; held by the caller
  std::vector<std::string> names;
};

/// Puts the image into the store, and makes the names mean it. Returns its id.
/// For load, import and commit.
Result<std::string> put_image(const images::Store& store, const NewImage& image);

/// A manifest for layers and a config, of OCI or (`docker`) Docker's schema 2.
std::string make_manifest(const std::string& config_text,
                          const std::vector<images::LayerRecord>& layers, bool docker);

}  // namespace ocirt::archive
