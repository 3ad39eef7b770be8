// Pushes an image: the layers that the registry lacks, its config, its manifest.
#include "frontend/images/push.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "frontend/images/layer_stream.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/upload.h"

namespace ocirt::images {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kOciGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr std::string_view kDockerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

struct PushedLayer {
  std::string digest;
  uint64_t size = 0;
  bool as_it_was = false;
};

Result<PushedLayer> push_layer(const Store& store, unpack::Helper& helper, const LayerRecord& layer,
                               registry::Registry& target, Progress& progress) {
  const int bar = progress.add("blob", layer.blob, layer.blob_size);
  if (TRY(registry::has_blob(target, TRY(Digest::parse(layer.blob))))) {
    progress.finish(bar, "skipped: already exists");
    return PushedLayer{.digest = layer.blob, .size = layer.blob_size, .as_it_was = true};
  }
  LayerStream stream = TRY(LayerStream::open(store, helper, layer));
  GzipStream gzip(stream);
  std::string digest;
  TRY(registry::upload_stream(
      target,
      [&](std::span<char> buffer) {
        progress.update(bar, std::min(gzip.size(), layer.blob_size));
        progress.tick();
        return gzip.read(buffer);
      },
      [&] {
        const Digest made = gzip.finish();
        digest = made.text();
        return made;
      }));
  progress.finish(bar, "done");
  return PushedLayer{.digest = digest, .size = gzip.size(), .as_it_was = false};
}

}  // namespace

Result<std::string> push(const Store& store, unpack::Helper& helper, const ImageRecord& image,
                         registry::Registry& target, const registry::Reference& reference,
                         Progress& progress) {
  progress.line("Getting image source signatures");
  std::string manifest_text = TRY(store.read_document(image.id, "manifest"));
  const std::string config = TRY(store.read_document(image.id, "config"));
  ordered_json manifest = ordered_json::parse(manifest_text, nullptr, false);
  if (!manifest.is_object() || manifest["layers"].size() != image.layers.size()) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("image {}: its manifest is broken", image.id));
  }
  bool as_it_was = true;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const PushedLayer pushed = TRY(push_layer(store, helper, image.layers[i], target, progress));
    as_it_was = as_it_was && pushed.as_it_was;
    ordered_json& entry = manifest["layers"][i];
    if (pushed.as_it_was) {
      entry["digest"] = pushed.digest;
      continue;
    }
    entry = {
        {"mediaType", image.manifest_type == registry::kDockerManifest ? kDockerGzip : kOciGzip},
        {"digest", pushed.digest},
        {"size", pushed.size}};
  }
  const Digest config_digest = digest_of(config);
  const int bar = progress.add("config", config_digest.text(), config.size());
  if (!TRY(registry::has_blob(target, config_digest))) {
    TRY(registry::upload_blob(target, config, config_digest));
  }
  progress.finish(bar, "done");
  progress.line("Writing manifest to image destination");
  if (!as_it_was) manifest_text = manifest.dump();
  const std::string digest = digest_of(manifest_text).text();
  TRY(registry::upload_manifest(target, manifest_text, image.manifest_type,
                                reference.tag.empty() ? digest : reference.tag));
  return digest;
}

}  // namespace ocirt::images
