// Pulls an image: its documents, then its layers side by side, then its record.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/images/layer_pull.h"
#include "frontend/images/progress.h"
#include "frontend/images/store.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/reference.h"
#include "frontend/registry/registry.h"
#include "frontend/unpack/helper.h"

namespace ocirt::images {

/// The documents of an image, as they came.
struct Documents {
  std::string top_digest;  // of what the name means: an index, or the manifest
  std::string manifest_text;
  std::string manifest_digest;
  registry::Manifest manifest;
  std::string config_text;
  registry::ImageConfig config;
};

struct PullRequest {
  registry::Reference reference;
  registry::Platform platform;
  Sources* sources = nullptr;
  std::string name;  // under which it is kept, with the tag; empty: under none
};

/// Pulls the image into the store and returns its id. What the store has already isn't fetched.
/// Errors: what the registry or the image did wrong, or what is missing here; whatever was fetched
/// so far serves the next try.
Result<std::string> pull(const Store& store, unpack::Helper& helper, const PullRequest& request,
                         Progress& progress);

/// Fetches the manifest under the reference, and of an index the one for the platform; from the
/// first source that has it. Sources before that one are dropped.
Result<Documents> fetch_manifest(const PullRequest& request);
/// For which platforms the reference has an image: those of its index, or the one of its config.
Result<std::vector<registry::Platform>> fetch_platforms(const PullRequest& request);
/// And the image's config.
Result<> fetch_config(Sources& sources, Documents& documents);

/// Adds what people are told of a layer to what they are told of the image.
void add_counts(unpack::TreeCounts& sum, const unpack::TreeCounts& counts);
/// Says what of an image couldn't be made as it was.
void tell_what_was_left_out(const unpack::TreeCounts& sum, const unpack::StoreIds& ids,
                            Progress& progress);

/// Refuses a pull that can't fit: by bytes, inodes and quota of the store's file system.
/// Errors: System, with what is needed and what there is.
Result<> check_space(const Store& store, uint64_t compressed_bytes, size_t layers);

}  // namespace ocirt::images
