// Throws bytes at what a registry serves: manifests, indexes, configurations, and challenges; and
// at the names of images.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "frontend/registry/challenge.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/reference.h"

namespace {

using namespace ocirt::registry;  // NOLINT(google-build-using-namespace): all of it is the target

void require(bool holds) {
  if (!holds) std::abort();
}

// A digest becomes a part of paths and URLs.
void check(const ocirt::Digest& digest) {
  require(digest.hex().find_first_not_of("0123456789abcdef") == std::string::npos);
  require(digest.hex().size() == 64 || digest.hex().size() == 128);
}

void documents(std::string_view text) {
  const ocirt::Result<bool> index = is_index(text, "");
  if (const auto manifest = parse_manifest(text)) {
    check(manifest->config.digest);
    require(manifest->config.size <= kMostConfigBytes);
    for (const Descriptor& layer : manifest->layers) check(layer.digest);
  }
  if (const auto list = parse_index(text)) {
    for (const Descriptor& entry : list->manifests) check(entry.digest);
    (void)choose_platform(*list, {.os = "linux", .architecture = "arm", .variant = "v7"});
    // What one reader takes for an index no other takes for an image.
    require(!index || *index || list->manifests.empty());
  }
  if (const auto config = parse_image_config(text)) {
    for (const ocirt::Digest& id : config->diff_ids) check(id);
  }
}

void name(std::string_view text) {
  const auto reference = parse_reference(text);
  if (!reference) return;
  const auto again = parse_reference(reference->text());
  require(again && *again == *reference);
  require(reference->name().find("..") == std::string::npos ||
          reference->host.find("..") != std::string::npos);
  require(reference->text().find_first_of(" \n\"'\\%") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  documents(text);
  name(text);
  (void)parse_platform(text);
  for (const Challenge& challenge : parse_challenges(text)) require(!challenge.scheme.empty());
  return 0;
}
