// Brings the images of an archive into the store.
#include "frontend/archive/load_images.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/archive/add_layer.h"
#include "frontend/images/pull.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/reference.h"

namespace ocirt::archive {

namespace {

using nlohmann::ordered_json;

// One layer: from the store, or else from the archive, compared with all that is known of it.
Result<AddedLayer> load_layer(const images::Store& store, unpack::Helper& helper,
                              const ArchiveFiles& files, const ArchivedImage& image, size_t number,
                              images::Progress& progress) {
  const std::string diff_id = image.config.diff_ids[number].text();
  const bool has_blob = !image.manifest_text.empty();
  const registry::Descriptor* blob = has_blob ? &image.manifest.layers[number] : nullptr;
  const std::string shown = has_blob ? blob->digest.text() : diff_id;
  const int bar = progress.add("blob", shown, has_blob ? blob->size : 0);
  std::optional<AddedLayer> layer = find_layer(store, diff_id);
  if (!layer) {
    const ByteSource source = TRY(files.stream(image.layer_files[number]));
    uint64_t taken = 0;
    const ByteSource counted = [&](std::span<char> buffer) -> Result<size_t> {
      const size_t got = TRY(source(buffer));
      taken += got;
      progress.update(bar, taken);
      progress.tick();
      return got;
    };
    Result<AddedLayer> added = add_layer(
        store, helper, counted, has_blob ? blob->digest.algorithm() : DigestAlgorithm::Sha256);
    if (!added) {
      added.error().text = fmt::format("layer {}: {}", shown, added.error().text);
      return added;
    }
    if (has_blob && !added->was_there && added->record.blob != blob->digest.text()) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("layer {}: what the archive has under this name has the "
                                    "digest {}",
                                    shown, added->record.blob));
    }
    if (added->record.diff_id != diff_id) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("layer {}: unpacked it is {}, but the image says {}", shown,
                                    added->record.diff_id, diff_id));
    }
    layer = std::move(*added);
  }
  progress.finish(bar, layer->was_there ? "skipped: already exists" : "done");
  images::LayerRecord& record = layer->record;
  if (has_blob) {
    record.blob = blob->digest.text();
    record.blob_size = blob->size;
    record.media_type = blob->media_type;
  } else {  // as docker has it: whatever the archive did to it, the layer is its tar stream
    record.blob = diff_id;
    record.blob_size = record.tar_size;
    record.media_type = "application/vnd.docker.image.rootfs.diff.tar";
  }
  return std::move(*layer);
}

}  // namespace

std::string make_manifest(const std::string& config_text,
                          const std::vector<images::LayerRecord>& layers, bool docker) {
  ordered_json list = ordered_json::array();
  for (const images::LayerRecord& layer : layers) {
    list.push_back(
        {{"mediaType", layer.media_type}, {"digest", layer.blob}, {"size", layer.blob_size}});
  }
  const ordered_json manifest = {
      {"schemaVersion", 2},
      {"mediaType", docker ? registry::kDockerManifest : registry::kOciManifest},
      {"config",
       {{"mediaType", docker ? registry::kDockerConfig : registry::kOciConfig},
        {"digest", digest_of(config_text).text()},
        {"size", config_text.size()}}},
      {"layers", list}};
  return manifest.dump();
}

Result<std::string> put_image(const images::Store& store, const NewImage& image) {
  const registry::ImageConfig config = TRY(registry::parse_image_config(image.config_text));
  images::ImageRecord record;
  record.id = digest_of(image.config_text).hex();
  record.manifest_digest = digest_of(image.manifest_text).text();
  record.manifest_type = image.manifest_type;
  record.created = config.created;
  record.os = config.platform.os;
  record.architecture = config.platform.architecture;
  record.layers = image.layers;
  record.size = image.manifest_text.size() + image.config_text.size();
  for (const images::LayerRecord& layer : image.layers) record.size += layer.tar_size;
  for (const std::string& name : image.names) {
    const std::string digest = name.substr(0, name.rfind(':')) + '@' + record.manifest_digest;
    auto& all = record.repo_digests;
    if (std::find(all.begin(), all.end(), digest) == all.end()) all.push_back(digest);
  }
  images::keep_older_digests(store, record);
  TRY(store.add_image(record, image.manifest_text, image.config_text));
  for (const std::string& name : image.names) {
    TRY(store.set_name({.name = name, .image = record.id, .digest = record.manifest_digest}));
  }
  // The renames themselves.
  if (::fsync(store.images()) != 0 || ::fsync(store.names()) != 0) {
    return last_error("bring the image's name to the disk");
  }
  return record.id;
}

Result<std::string> load_image(const images::Store& store, unpack::Helper& helper,
                               const ArchiveFiles& files, const ArchivedImage& image,
                               images::Progress& progress) {
  progress.line("Getting image source signatures");
  std::vector<AddedLayer> layers;
  NewImage made{.config_text = image.config_text, .names = image.names};
  unpack::TreeCounts counts;
  for (size_t i = 0; i < image.config.diff_ids.size(); ++i) {
    layers.push_back(TRY(load_layer(store, helper, files, image, i, progress)));
    made.layers.push_back(layers.back().record);
    images::add_counts(counts, layers.back().counts);
  }
  const int bar =
      progress.add("config", digest_of(image.config_text).text(), image.config_text.size());
  if (image.manifest_text.empty()) {
    made.manifest_text = make_manifest(image.config_text, made.layers, true);
    made.manifest_type = registry::kDockerManifest;
  } else {
    made.manifest_text = image.manifest_text;
    made.manifest_type = image.manifest.media_type;
  }
  const std::string id = TRY(put_image(store, made));
  progress.finish(bar, "done");
  progress.line("Writing manifest to image destination");
  images::tell_what_was_left_out(counts, helper.ids(), progress);
  return id;
}

}  // namespace ocirt::archive
