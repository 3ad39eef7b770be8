// Writes images of the store into archives.
#include "frontend/archive/save_images.h"

#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>

#include "frontend/archive/load_images.h"
#include "frontend/images/layer_stream.h"

namespace ocirt::archive {

namespace {

using nlohmann::ordered_json;

std::string hex_of(std::string_view digest) {
  return std::string(digest.substr(digest.find(':') + 1));
}

/// One archive under way.
class Saver {
 public:
  Saver(unpack::Helper& helper, ArchiveWriter& writer, const SaveOptions& options,
        images::Progress& progress)
      : helper_(helper), writer_(writer), options_(options), progress_(progress) {}

  Result<> docker_archive(const std::vector<SavedImage>& images) {
    ordered_json list = ordered_json::array();
    for (const SavedImage& image : images) {
      const SavedPlatform& only = image.platforms.front();
      ordered_json layers = ordered_json::array();
      for (const images::LayerRecord& layer : only.image.layers) {
        const std::string name = hex_of(layer.diff_id) + ".tar";
        if (!writer_.has(name)) TRY(plain_layer(*only.store, layer, name));
        layers.push_back(name);
      }
      const std::string config = only.image.id + ".json";
      if (!writer_.has(config)) TRY(config_blob(only, config));
      ordered_json entry = {{"Config", config}, {"RepoTags", nullptr}, {"Layers", layers}};
      if (!image.names.empty()) entry["RepoTags"] = image.names;
      list.push_back(entry);
    }
    return writer_.add("manifest.json", list.dump());
  }

  Result<> docker_directory(const SavedPlatform& image) {
    TRY(writer_.add("version", "Directory Transport Version: 1.1\n"));
    std::vector<images::LayerRecord> layers;
    for (const images::LayerRecord& layer : image.image.layers) {
      layers.push_back(TRY(layer_blob(*image.store, layer, "", true)));
    }
    const std::string config = TRY(config_blob(image, image.image.id));
    return writer_.add("manifest.json", make_manifest(config, layers, true));
  }

  Result<> layout(const std::vector<SavedImage>& images) {
    TRY(writer_.add_directory("blobs"));
    TRY(writer_.add_directory("blobs/sha256"));
    ordered_json entries = ordered_json::array();
    for (const SavedImage& image : images) {
      ordered_json descriptor = TRY(image_descriptor(image));
      if (image.names.empty()) entries.push_back(descriptor);
      for (const std::string& name : image.names) {
        descriptor["annotations"]["org.opencontainers.image.ref.name"] = name;
        entries.push_back(descriptor);
      }
    }
    TRY(writer_.add("oci-layout", R"({"imageLayoutVersion": "1.0.0"})"));
    return writer_.add("index.json",
                       ordered_json{{"schemaVersion", 2}, {"manifests", entries}}.dump());
  }

 private:
  static constexpr const char* kBlobs = "blobs/sha256/";

  Result<> plain_layer(const images::Store& store, const images::LayerRecord& layer,
                       const std::string& name) {
    const int bar = progress_.add("blob", layer.diff_id, layer.tar_size);
    images::LayerStream stream = TRY(images::LayerStream::open(store, helper_, layer));
    const ByteSource source = [&](std::span<char> buffer) -> Result<size_t> {
      progress_.update(bar, stream.bytes_read());
      progress_.tick();
      return stream.read(buffer);
    };
    TRY(writer_.add(name, source, layer.tar_size));
    progress_.finish(bar, "done");
    return {};
  }

  // The layer as a blob at `folder` and its digest. Returns what a manifest says of it.
  Result<images::LayerRecord> layer_blob(const images::Store& store,
                                         const images::LayerRecord& layer, const char* folder,
                                         bool docker) {
    images::LayerRecord& known = written_[layer.diff_id];
    if (known.blob.empty()) {
      known = layer;
      if (options_.compress) {
        TRY(gzip_layer(store, folder, known));
      } else {
        known.blob = layer.diff_id;
        known.blob_size = layer.tar_size;
        TRY(plain_layer(store, layer, folder + hex_of(layer.diff_id)));
      }
    }
    known.media_type = docker ? "application/vnd.docker.image.rootfs.diff.tar"
                              : "application/vnd.oci.image.layer.v1.tar";
    if (options_.compress) known.media_type += docker ? ".gzip" : "+gzip";
    return known;
  }

  Result<> gzip_layer(const images::Store& store, const char* folder, images::LayerRecord& layer) {
    const int bar = progress_.add("blob", layer.diff_id, layer.tar_size);
    images::LayerStream stream = TRY(images::LayerStream::open(store, helper_, layer));
    images::GzipStream gzip(stream);
    const ByteSource source = [&](std::span<char> buffer) -> Result<size_t> {
      progress_.update(bar, stream.bytes_read());
      progress_.tick();
      return gzip.read(buffer);
    };
    layer.blob_size = TRY(writer_.add_measured(source, [&] {
      layer.blob = gzip.finish().text();
      return folder + hex_of(layer.blob);
    }));
    progress_.finish(bar, "done");
    return {};
  }

  // Returns the config's text.
  Result<std::string> config_blob(const SavedPlatform& image, const std::string& name) {
    std::string config = TRY(image.store->read_document(image.image.id, "config"));
    const int bar = progress_.add("config", "sha256:" + image.image.id, config.size());
    if (!writer_.has(name)) TRY(writer_.add(name, config));
    progress_.finish(bar, "done");
    return config;
  }

  Result<ordered_json> blob(const std::string& text, std::string_view media_type) {
    const std::string digest = digest_of(text).text();
    const std::string name = kBlobs + hex_of(digest);
    if (!writer_.has(name)) TRY(writer_.add(name, text));
    return ordered_json{{"mediaType", media_type}, {"digest", digest}, {"size", text.size()}};
  }

  Result<ordered_json> manifest_descriptor(const SavedPlatform& image) {
    std::vector<images::LayerRecord> layers;
    bool as_it_was = image.image.manifest_type == registry::kOciManifest;
    for (const images::LayerRecord& layer : image.image.layers) {
      layers.push_back(TRY(layer_blob(*image.store, layer, kBlobs, false)));
      as_it_was = as_it_was && layers.back().blob == layer.blob &&
                  layers.back().media_type == layer.media_type;
    }
    const std::string config = TRY(config_blob(image, kBlobs + image.image.id));
    const std::string old = TRY(image.store->read_document(image.image.id, "manifest"));
    if (as_it_was) return blob(old, registry::kOciManifest);
    ordered_json manifest = ordered_json::parse(make_manifest(config, layers, false));
    const ordered_json before = ordered_json::parse(old, nullptr, false);
    if (before.is_object() && before.contains("annotations")) {
      manifest["annotations"] = before["annotations"];
    }
    return blob(manifest.dump(), registry::kOciManifest);
  }

  // Of the manifest, or of an index over those for all platforms.
  Result<ordered_json> image_descriptor(const SavedImage& image) {
    if (image.platforms.size() == 1) return manifest_descriptor(image.platforms.front());
    ordered_json entries = ordered_json::array();
    for (const SavedPlatform& each : image.platforms) {
      ordered_json descriptor = TRY(manifest_descriptor(each));
      descriptor["platform"] = {{"architecture", each.platform.architecture},
                                {"os", each.platform.os}};
      if (!each.platform.variant.empty()) {
        descriptor["platform"]["variant"] = each.platform.variant;
      }
      entries.push_back(descriptor);
    }
    const ordered_json index = {
        {"schemaVersion", 2}, {"mediaType", registry::kOciIndex}, {"manifests", entries}};
    return blob(index.dump(), registry::kOciIndex);
  }

  unpack::Helper& helper_;
  ArchiveWriter& writer_;
  const SaveOptions& options_;
  images::Progress& progress_;
  std::map<std::string, images::LayerRecord> written_;  // blobs of layers, by diff id
};

}  // namespace

Result<Format> parse_format(std::string_view text) {
  if (text == "docker-archive") return Format::DockerArchive;
  if (text == "oci-archive") return Format::OciArchive;
  if (text == "docker-dir") return Format::DockerDirectory;
  if (text == "oci-dir") return Format::OciDirectory;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("unknown format \"{}\": it is docker-archive, oci-archive, "
                                "docker-dir or oci-dir",
                                text));
}

Result<> save_images(unpack::Helper& helper, ArchiveWriter& writer, const SaveOptions& options,
                     const std::vector<SavedImage>& images, images::Progress& progress) {
  Saver saver(helper, writer, options, progress);
  switch (options.format) {
    case Format::DockerArchive:
      TRY(saver.docker_archive(images));
      break;
    case Format::DockerDirectory:
      if (images.size() > 1) {
        return make_error(ErrorKind::Unsupported, "a docker-dir has room for one image");
      }
      TRY(saver.docker_directory(images.front().platforms.front()));
      break;
    case Format::OciArchive:
    case Format::OciDirectory:
      TRY(saver.layout(images));
      break;
  }
  progress.line("Writing manifest to image destination");
  return writer.finish();
}

}  // namespace ocirt::archive
