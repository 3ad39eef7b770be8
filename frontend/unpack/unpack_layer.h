// A layer's bytes become files: decompressed in one thread, hashed and written in another.
// Runs in: unpacker.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "frontend/unpack/tree_writer.h"

namespace ocirt::unpack {

/// How far a layer may go before it is taken for a bomb.
struct Limits {
  uint64_t most_entries = 10'000'000;
  uint64_t most_bytes = uint64_t{1} << 40;  // of the tar stream
  // A layer may always be as large as this; a larger one must not be `most_ratio` times the size
  // of its compressed form.
  uint64_t free_bytes = uint64_t{4} << 30;
  uint64_t most_ratio = 200;
};

struct UnpackOptions {
  Owners owners = Owners::Kept;
  Limits limits;
};

/// What came of a layer.
struct Unpacked {
  std::string diff_id;  // of the tar stream
  uint64_t tar_bytes = 0;
  TreeCounts counts;
};

/// Reads the compressed layer from `input` to its end, makes the tree in `root`, and writes to
/// `split_fd` what is needed to get the tar stream back. `before_reading` runs once both threads
/// exist. Errors: InvalidConfig for what is wrong with the layer; System for what is wrong here.
Result<Unpacked> unpack_layer(int input, int split_fd, sys::RootDir root,
                              const UnpackOptions& options, Result<> (*before_reading)());

}  // namespace ocirt::unpack
