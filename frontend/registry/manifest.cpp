// Manifests, indexes and image configurations, of Docker and OCI. Pure.
#include "frontend/registry/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ocirt::registry {

namespace {

using nlohmann::json;

constexpr size_t kMostLayers = 512;
constexpr int kMostDepth = 64;

Error invalid(std::string what) {
  return make_error(ErrorKind::InvalidConfig, std::move(what));
}

Result<json> parse_object(std::string_view text, const char* what) {
  if (is_nested_too_deeply(text)) return invalid(fmt::format("the {} is nested too deeply", what));
  json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return invalid(fmt::format("the {} is no JSON object", what));
  return value;
}

std::string string_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Descriptor> parse_descriptor(const json& value, const char* what) {
  if (!value.is_object()) return invalid(fmt::format("the {} is no descriptor", what));
  // Not within the braces: what is made there before a TRY that leaves is never destroyed.
  Digest digest = TRY(Digest::parse(string_in(value, "digest")));
  Descriptor descriptor{
      .media_type = string_in(value, "mediaType"),
      .digest = std::move(digest),
      .size = 0,
      .platform = std::nullopt,
  };
  const auto size = value.find("size");
  if (size == value.end() || !size->is_number_unsigned()) {
    return invalid(fmt::format("the {} has no size", what));
  }
  descriptor.size = size->get<uint64_t>();
  const auto platform = value.find("platform");
  if (platform != value.end() && platform->is_object()) {
    descriptor.platform = Platform{.os = string_in(*platform, "os"),
                                   .architecture = string_in(*platform, "architecture"),
                                   .variant = string_in(*platform, "variant")};
  }
  return descriptor;
}

bool is_layer_type(std::string_view type) {
  return type.starts_with("application/vnd.oci.image.layer.") ||
         type.starts_with("application/vnd.docker.image.rootfs.");
}

}  // namespace

bool is_nested_too_deeply(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (depth > kMostDepth) return true;
  }
  return false;
}

std::string Platform::text() const {
  std::string text = os + '/' + architecture;
  if (!variant.empty()) text += '/' + variant;
  return text;
}

Result<Platform> parse_platform(std::string_view text) {
  Platform platform;
  const size_t first = text.find('/');
  if (first == std::string_view::npos || first == 0 || first + 1 == text.size()) {
    return invalid(fmt::format("\"{}\" is no platform (as linux/arm64 or linux/arm/v7)", text));
  }
  const size_t second = text.find('/', first + 1);
  platform.os = text.substr(0, first);
  platform.architecture =
      text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  if (second != std::string_view::npos) platform.variant = text.substr(second + 1);
  return platform;
}

Platform host_platform() {
#if defined(__x86_64__)
  return {.os = "linux", .architecture = "amd64", .variant = ""};
#elif defined(__aarch64__)
  return {.os = "linux", .architecture = "arm64", .variant = "v8"};
#else
#error "no name for this architecture"
#endif
}

Result<bool> is_index(std::string_view text, std::string_view media_type) {
  const json value = TRY(parse_object(text, "manifest"));
  std::string said = string_in(value, "mediaType");
  // What the server says and what the document says must be the same thing (CVE-2021-41190): a
  // document that is both would be another image to each reader.
  const bool has_manifests = value.contains("manifests");
  const bool has_layers = value.contains("layers") || value.contains("config");
  if (has_manifests && has_layers) {
    return invalid("the manifest is an index and an image at once");
  }
  if (value.contains("schemaVersion") && value["schemaVersion"] == 1) {
    return make_error(ErrorKind::Unsupported,
                      "the image has a manifest of Docker's schema 1, which is no more in use")
        .with_hint("push it again with a docker of this decade");
  }
  const std::string_view server = media_type.substr(0, media_type.find(';'));
  const auto is_list = [](std::string_view type) {
    return type == kOciIndex || type == kDockerList;
  };
  for (const std::string_view type : {std::string_view(said), server}) {
    const bool known = is_list(type) || type == kOciManifest || type == kDockerManifest;
    if (known && is_list(type) != has_manifests) {
      return invalid(fmt::format("the manifest says it is {}, but is not", type));
    }
  }
  return has_manifests;
}

Result<Manifest> parse_manifest(std::string_view text) {
  const json value = TRY(parse_object(text, "manifest"));
  Manifest manifest;
  manifest.media_type = string_in(value, "mediaType");
  if (!value.contains("config")) return invalid("the manifest has no config");
  manifest.config = TRY(parse_descriptor(value["config"], "config"));
  if (manifest.media_type.empty()) manifest.media_type = kOciManifest;
  const std::string& type = manifest.config.media_type;
  if (value.contains("artifactType") || (type != kOciConfig && type != kDockerConfig)) {
    const std::string what = string_in(value, "artifactType");
    return make_error(ErrorKind::Unsupported, fmt::format("it is an artifact ({}), not an image",
                                                          what.empty() ? type : what));
  }
  if (manifest.config.size > kMostConfigBytes) {
    return invalid(fmt::format("the config has {} bytes (at most {})", manifest.config.size,
                               kMostConfigBytes));
  }
  const auto layers = value.find("layers");
  if (layers == value.end() || !layers->is_array()) return invalid("the manifest has no layers");
  if (layers->size() > kMostLayers) return invalid("the manifest has too many layers");
  for (const json& layer : *layers) {
    manifest.layers.push_back(TRY(parse_descriptor(layer, "layer")));
    const std::string& layer_type = manifest.layers.back().media_type;
    if (!is_layer_type(layer_type)) {
      return make_error(ErrorKind::Unsupported,
                        fmt::format("a layer is of type \"{}\"", layer_type));
    }
    if (layer_type.find("encrypted") != std::string::npos) {
      return make_error(ErrorKind::Unsupported, "its layers are encrypted");
    }
  }
  return manifest;
}

Result<Index> parse_index(std::string_view text) {
  const json value = TRY(parse_object(text, "index"));
  Index index;
  index.media_type = string_in(value, "mediaType");
  if (index.media_type.empty()) index.media_type = kOciIndex;
  const auto manifests = value.find("manifests");
  if (manifests == value.end() || !manifests->is_array()) return invalid("the index is no list");
  for (const json& entry : *manifests) {
    index.manifests.push_back(TRY(parse_descriptor(entry, "entry of the index")));
  }
  return index;
}

Result<Descriptor> choose_platform(const Index& index, const Platform& wanted) {
  const Descriptor* best = nullptr;
  int best_score = 0;
  std::string there_is;
  for (const Descriptor& entry : index.manifests) {
    const Platform platform = entry.platform.value_or(Platform{});
    if (!platform.os.empty() && platform.os != "unknown") {
      there_is += (there_is.empty() ? "" : ", ") + platform.text();
    }
    if (platform.os != wanted.os || platform.architecture != wanted.architecture) continue;
    int score = 1;
    if (platform.variant == wanted.variant) score = 3;
    if (score == 1 && (platform.variant.empty() || wanted.variant.empty())) score = 2;
    if (score == 1 && !wanted.variant.empty()) continue;  // another variant than the one asked for
    if (score > best_score) {
      best = &entry;
      best_score = score;
    }
  }
  if (best == nullptr) {
    return make_error(ErrorKind::NotFound, fmt::format("there is no image for {}", wanted.text()))
        .with_hint(there_is.empty() ? "" : "there is one for " + there_is);
  }
  return *best;
}

Result<ImageConfig> parse_image_config(std::string_view text) {
  const json value = TRY(parse_object(text, "image's config"));
  ImageConfig config;
  config.platform = {.os = string_in(value, "os"),
                     .architecture = string_in(value, "architecture"),
                     .variant = string_in(value, "variant")};
  config.created = string_in(value, "created");
  const json rootfs = value.value("rootfs", json::object());
  const json ids = rootfs.is_object() ? rootfs.value("diff_ids", json::array()) : json::array();
  if (!ids.is_array()) return invalid("the image's config has no list of layers");
  for (const json& id : ids) {
    if (!id.is_string()) return invalid("the image's config names a layer without a digest");
    config.diff_ids.push_back(TRY(Digest::parse(id.get<std::string>())));
  }
  const json inner = value.value("config", json::object());
  if (!inner.is_object()) return config;
  const json env = inner.value("Env", json::array());
  for (const json& entry : env.is_array() ? env : json::array()) {
    const std::string words = entry.is_string() ? entry.get<std::string>() : "";
    if (words.find('=') == std::string::npos || words.starts_with('=')) {
      return invalid(fmt::format("the image's Env has \"{}\", which is no NAME=VALUE", words));
    }
  }
  return config;
}

}  // namespace ocirt::registry
