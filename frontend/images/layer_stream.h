// The bytes of a layer out of the store: its tar stream again, checked, and compressed if wanted.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "frontend/digest/digest.h"
#include "frontend/images/store.h"
#include "frontend/unpack/helper.h"

namespace ocirt::images {

/// Reads a layer's tar stream, byte for byte as it was pulled.
class LayerStream {
 public:
  static Result<LayerStream> open(const Store& store, unpack::Helper& helper,
                                  const LayerRecord& layer);

  /// Fills the buffer; 0 at the end, where the stream has been compared with the diff id.
  /// Errors: InvalidConfig where the layer isn't what it was.
  Result<size_t> read(std::span<char> buffer);

  [[nodiscard]] uint64_t bytes_read() const { return bytes_; }

 private:
  LayerStream() = default;
  unpack::Job job_;
  std::string diff_id_;
  Hasher hasher_;
  uint64_t bytes_ = 0;
  bool ended_ = false;
};

/// Compresses what it reads: gzip, quickly.
class GzipStream {
 public:
  explicit GzipStream(LayerStream& source);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<size_t> read(std::span<char> buffer);
  /// Of the compressed bytes, after the last.
  [[nodiscard]] Digest finish() { return hasher_.finish(); }
  [[nodiscard]] uint64_t size() const { return size_; }

 private:
  struct Engine;
  LayerStream& source_;
  std::unique_ptr<Engine> engine_;
  Hasher hasher_;
  uint64_t size_ = 0;
};

/// Reads a whole layer and compares it with its diff id.
Result<> verify_layer(const Store& store, unpack::Helper& helper, const LayerRecord& layer);

}  // namespace ocirt::images
