// Which images an archive has.
#include "frontend/archive/archive_images.h"

#include <fmt/core.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/registry/reference.h"

namespace ocirt::archive {

namespace {

using nlohmann::json;
using registry::Descriptor;

constexpr const char* kDockerManifestFile = "manifest.json";
constexpr const char* kOciIndexFile = "index.json";

Error invalid(std::string what) {
  return make_error(ErrorKind::InvalidConfig, std::move(what));
}

// Where a blob of the digest lies.
using BlobPath = std::string (*)(const Digest& digest);

std::string path_in_layout(const Digest& digest) {
  const bool is_short = digest.algorithm() == DigestAlgorithm::Sha256;
  return fmt::format("blobs/{}/{}", is_short ? "sha256" : "sha512", digest.hex());
}

std::string path_in_directory(const Digest& digest) {
  return digest.hex();
}

Result<std::string> read_blob(const ArchiveFiles& files, const Descriptor& descriptor,
                              BlobPath path, size_t most_bytes) {
  std::string text = TRY(files.read(path(descriptor.digest), most_bytes));
  if (digest_of(text, descriptor.digest.algorithm()) != descriptor.digest) {
    return invalid(
        fmt::format("{} in the archive isn't what its name says", path(descriptor.digest)));
  }
  return text;
}

// The rest of an image, of its manifest.
Result<ArchivedImage> read_by_manifest(const ArchiveFiles& files, std::string manifest_text,
                                       BlobPath path) {
  ArchivedImage image;
  image.manifest = TRY(registry::parse_manifest(manifest_text));
  image.manifest_text = std::move(manifest_text);
  image.config_text =
      TRY(read_blob(files, image.manifest.config, path, registry::kMostConfigBytes));
  image.config = TRY(registry::parse_image_config(image.config_text));
  if (image.config.diff_ids.size() != image.manifest.layers.size()) {
    return invalid(fmt::format("the manifest has {} layers, but the config {}",
                               image.manifest.layers.size(), image.config.diff_ids.size()));
  }
  for (const Descriptor& layer : image.manifest.layers) {
    image.layer_files.push_back(path(layer.digest));
  }
  return image;
}

// "docker.io/library/busybox:1" of what an archive calls an image. Nothing for what is no name.
std::optional<std::string> whole_name(const std::string& text, const char* registry_if_none) {
  if (text.empty()) return std::nullopt;
  const bool is_short = registry::is_short_name(text);
  const Result<registry::Reference> reference =
      registry::parse_reference(is_short ? registry_if_none + text : text);
  if (!reference || reference->digest) return std::nullopt;
  return reference->text();
}

// --- OCI layouts ---

// What containerd and docker, or all others, call the image.
std::string name_of(const json& entry) {
  const json annotations = entry.value("annotations", json::object());
  if (!annotations.is_object()) return {};
  for (const char* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"}) {
    const auto found = annotations.find(key);
    if (found != annotations.end() && found->is_string()) return found->get<std::string>();
  }
  return {};
}

// The manifest that a descriptor means, for the platform where it is an index.
Result<std::string> read_manifest(const ArchiveFiles& files, const Descriptor& descriptor,
                                  const registry::Platform& wanted) {
  std::string text =
      TRY(read_blob(files, descriptor, path_in_layout, registry::kMostManifestBytes));
  if (!TRY(registry::is_index(text, descriptor.media_type))) return text;
  const Descriptor chosen =
      TRY(registry::choose_platform(TRY(registry::parse_index(text)), wanted));
  text = TRY(read_blob(files, chosen, path_in_layout, registry::kMostManifestBytes));
  if (TRY(registry::is_index(text, chosen.media_type))) {
    return make_error(ErrorKind::Unsupported, "its index lists another index");
  }
  return text;
}

Result<std::vector<ArchivedImage>> read_layout(const ArchiveFiles& files,
                                               const registry::Platform& wanted) {
  const std::string text = TRY(files.read(kOciIndexFile, registry::kMostManifestBytes));
  const registry::Index index = TRY(registry::parse_index(text));
  const json entries = json::parse(text)["manifests"];  // an array of as many, says parse_index()
  // Entries of one name are one image for several platforms.
  std::map<std::string, registry::Index> by_name;
  std::vector<std::string> order;
  for (size_t i = 0; i < index.manifests.size(); ++i) {
    const std::string name = name_of(entries[i]);
    registry::Index& same = by_name[name];
    if (same.manifests.empty()) order.push_back(name);
    same.manifests.push_back(index.manifests[i]);
  }
  std::vector<ArchivedImage> images;
  for (const std::string& name : order) {
    const registry::Index& same = by_name[name];
    const Descriptor chosen = same.manifests.size() == 1
                                  ? same.manifests[0]
                                  : TRY(registry::choose_platform(same, wanted));
    images.push_back(
        TRY(read_by_manifest(files, TRY(read_manifest(files, chosen, wanted)), path_in_layout)));
    if (auto whole = whole_name(name, "localhost/")) images.back().names.push_back(*whole);
  }
  return images;
}

// --- docker-archive ---

std::vector<std::string> strings_in(const json& object, const char* key) {
  std::vector<std::string> strings;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return strings;
  for (const json& each : *found) {
    if (each.is_string()) strings.push_back(each.get<std::string>());
  }
  return strings;
}

Result<ArchivedImage> read_docker_image(const ArchiveFiles& files, const json& entry) {
  if (!entry.is_object() || !entry.contains("Config") || !entry["Config"].is_string()) {
    return invalid("manifest.json in the archive lists an image without a config");
  }
  ArchivedImage image;
  image.config_text =
      TRY(files.read(entry["Config"].get<std::string>(), registry::kMostConfigBytes));
  image.config = TRY(registry::parse_image_config(image.config_text));
  image.layer_files = strings_in(entry, "Layers");
  if (image.layer_files.size() != image.config.diff_ids.size()) {
    return invalid(fmt::format("manifest.json in the archive has {} layers, but the config {}",
                               image.layer_files.size(), image.config.diff_ids.size()));
  }
  for (const std::string& name : strings_in(entry, "RepoTags")) {
    if (auto whole = whole_name(name, "docker.io/")) image.names.push_back(*whole);
  }
  return image;
}

Result<std::vector<ArchivedImage>> read_docker(const ArchiveFiles& files, const std::string& text) {
  if (registry::is_nested_too_deeply(text)) {
    return invalid("manifest.json in the archive is nested too deeply");
  }
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return invalid("manifest.json in the archive is no list of images");
  std::vector<ArchivedImage> images;
  for (const json& entry : list) images.push_back(TRY(read_docker_image(files, entry)));
  return images;
}

}  // namespace

Result<std::vector<ArchivedImage>> read_images(const ArchiveFiles& files,
                                               const registry::Platform& wanted) {
  // Archives of docker 25 and later are both; the layout has the image's own manifest.
  std::vector<ArchivedImage> images;
  if (files.has(kOciIndexFile)) {
    images = TRY(read_layout(files, wanted));
  } else if (files.has(kDockerManifestFile)) {
    const std::string text = TRY(files.read(kDockerManifestFile, registry::kMostManifestBytes));
    if (text.starts_with('[')) {
      images = TRY(read_docker(files, text));
    } else {
      images.push_back(TRY(read_by_manifest(files, text, path_in_directory)));
    }
  } else {
    return invalid(
        "payload does not match any of the supported image formats: neither index.json "
        "(oci-archive, oci-dir) nor manifest.json (docker-archive, docker-dir) is there");
  }
  if (images.empty()) return invalid("the archive has no images");
  return images;
}

}  // namespace ocirt::archive
