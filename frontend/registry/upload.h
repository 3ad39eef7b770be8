// Brings blobs and manifests into a registry.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/digest/digest.h"
#include "frontend/registry/registry.h"

namespace ocirt::registry {

/// Whether the registry has the blob in this repository.
Result<bool> has_blob(Registry& registry, const Digest& digest);

/// Uploads a blob whose bytes are at hand.
Result<> upload_blob(Registry& registry, std::string_view bytes, const Digest& digest);

/// Uploads a blob whose bytes come from `source` (0: the end); only then `digest` is asked.
Result<> upload_stream(Registry& registry, std::function<Result<size_t>(std::span<char>)> source,
                       const std::function<Digest()>& digest);

/// Puts a manifest under a tag or digest.
Result<> upload_manifest(Registry& registry, std::string_view json, std::string_view media_type,
                         const std::string& under);

}  // namespace ocirt::registry
