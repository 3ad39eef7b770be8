// What is needed, besides a layer's files, to write its tar stream again byte for byte: the headers
// and padding, and where in which file each payload lies. Kept beside the layer, compressed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt::unpack {

/// Writes the records, compressed by zstd, to an fd that it borrows.
class SplitWriter {
 public:
  explicit SplitWriter(int fd);
  ~SplitWriter();
  SplitWriter(const SplitWriter&) = delete;
  SplitWriter& operator=(const SplitWriter&) = delete;

  Result<> raw(std::string_view bytes);
  /// `length` bytes at `offset` of the file at `path`, which is relative to the layer's root.
  Result<> payload(std::string_view path, uint64_t offset, uint64_t length);
  Result<> finish();

 private:
  struct Stream;
  Result<> put(std::string_view bytes);
  Result<> flush(bool end);

  int fd_;
  std::unique_ptr<Stream> stream_;
};

/// A record as it is read back: `bytes` for headers and padding, or a part of a file.
struct SplitRecord {
  bool is_payload = false;
  std::string bytes;  // raw bytes, or the path
  uint64_t offset = 0;
  uint64_t length = 0;
};

/// Reads all records from `fd`, in order. Errors: InvalidConfig for a file that is broken.
Result<> read_split(int fd, const std::function<Result<>(const SplitRecord&)>& take);

}  // namespace ocirt::unpack
