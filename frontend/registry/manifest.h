// Manifests, indexes and image configurations, of Docker and OCI. Untrusted: sizes are limited,
// types are checked, digests are typed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/digest/digest.h"

namespace ocirt::registry {

inline constexpr size_t kMostManifestBytes = 4 << 20;
inline constexpr size_t kMostConfigBytes = 8 << 20;

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  /// "linux/arm64/v8"
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Platform&, const Platform&) = default;
};

/// "linux/arm64/v8" or "linux/arm64". Errors: InvalidConfig.
Result<Platform> parse_platform(std::string_view text);
/// What this machine runs.
Platform host_platform();

struct Descriptor {
  std::string media_type;
  Digest digest;
  uint64_t size = 0;
  std::optional<Platform> platform;
};

struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;
};

struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests;
};

/// Whether a JSON text of strangers is better not parsed: nlohmann's values are destroyed
/// recursively.
bool is_nested_too_deeply(std::string_view json);

/// Whether the document is an index (or Docker's list) rather than a manifest. `media_type` is what
/// the server said, or empty. Errors: InvalidConfig where document and server disagree; Unsupported
/// for Docker's schema 1.
Result<bool> is_index(std::string_view json, std::string_view media_type);

/// Errors: InvalidConfig with what is wrong; Unsupported for artifacts that are no images.
Result<Manifest> parse_manifest(std::string_view json);
Result<Index> parse_index(std::string_view json);

/// The one that fits best. Errors: NotFound, listing what there is.
Result<Descriptor> choose_platform(const Index& index, const Platform& wanted);

/// What the store needs to know of an image's configuration.
struct ImageConfig {
  Platform platform;
  std::string created;  // RFC 3339, or empty
  std::vector<Digest> diff_ids;
};
/// Errors: InvalidConfig.
///
/// Security: CVE-2026-57231: an Env entry that isn't NAME=VALUE makes the image invalid.
Result<ImageConfig> parse_image_config(std::string_view json);

}  // namespace ocirt::registry
