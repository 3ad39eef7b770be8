// Decompresses a layer: gzip of one or many members, zstd of one or many frames, or nothing at all.
// Pure: bytes in, bytes out.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"

namespace ocirt::unpack {

enum class Compression { Unknown, None, Gzip, Zstd };

/// Finds out by the first bytes what it has, whatever a manifest says of it, and decompresses.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Decompresses from `input`, of which it takes off what it used, into `output`. Returns how many
  /// bytes it wrote there; 0 with `input` empty means that it needs more.
  /// Errors: InvalidConfig for what is no valid stream; Unsupported for bzip2 and xz.
  Result<size_t> inflate(std::string_view& input, std::span<char> output);

  /// To be called at the end of the input: is the stream whole?
  [[nodiscard]] Result<> finish() const;

  [[nodiscard]] Compression compression() const { return compression_; }

 private:
  struct Engines;

  Result<> detect(std::string_view& input);
  Result<size_t> inflate_gzip(std::string_view& input, std::span<char> output);
  Result<size_t> inflate_zstd(std::string_view& input, std::span<char> output);

  static constexpr size_t kMagicSize = 6;
  std::unique_ptr<Engines> engines_;
  Compression compression_ = Compression::Unknown;
  // The first bytes may come one by one, and must be seen together.
  std::array<char, kMagicSize> magic_{};
  size_t magic_size_ = 0;
  std::string_view replay_;  // of magic_, still to be decompressed
  bool in_stream_ = false;   // within a member or frame
  bool ended_once_ = false;
};

}  // namespace ocirt::unpack
