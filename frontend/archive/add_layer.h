// Puts a layer into the store from bytes that are at hand: for load, import and commit.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/archive/byte_source.h"
#include "frontend/digest/digest.h"
#include "frontend/images/store.h"
#include "frontend/unpack/helper.h"

namespace ocirt::archive {

struct AddedLayer {
  images::LayerRecord record;
  UniqueFd held;  // keeps the layer until an image names it
  unpack::TreeCounts counts;
  bool was_there = false;
};

/// The layer, held, if the store has it.
std::optional<AddedLayer> find_layer(const images::Store& store, const std::string& diff_id);

/// Unpacks a layer, compressed or not, and puts it into the store under its diff id. The record's
/// blob is what `source` gave, with its digest of that algorithm. Two who add the same layer at the
/// same time both work; one result is kept. Errors: InvalidConfig for what is wrong with the layer.
Result<AddedLayer> add_layer(const images::Store& store, unpack::Helper& helper,
                             const ByteSource& source,
                             DigestAlgorithm algorithm = DigestAlgorithm::Sha256);

}  // namespace ocirt::archive
