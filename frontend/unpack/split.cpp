// The records from which a layer's tar stream can be written again.
//
// A record is a letter, then little-endian numbers, then bytes:
//   'R' length:u32 bytes                               headers, padding, the end
//   'P' length:u64 offset:u64 path_length:u32 path     a part of a file
#include "frontend/unpack/split.h"

#include <fmt/core.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cstring>
#include <vector>

#include "sys/file.h"

namespace ocirt::unpack {

namespace {

constexpr size_t kBuffer = 64 << 10;
constexpr int kLevel = 1;
constexpr int kWindowLog = 18;  // headers repeat soon or never; a small window saves memory
constexpr uint32_t kLongestRecord = 2 << 20;

Error broken() {
  return make_error(ErrorKind::InvalidConfig, "the layer's record of its tar stream is broken");
}

template <typename Number>
void append(std::string& to, Number number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

struct SplitWriter::Stream {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string pending;
  std::array<char, kBuffer> output;
  ~Stream() { ZSTD_freeCCtx(context); }
};

SplitWriter::SplitWriter(int fd) : fd_(fd), stream_(std::make_unique<Stream>()) {
  (void)ZSTD_CCtx_setParameter(stream_->context, ZSTD_c_compressionLevel, kLevel);
  (void)ZSTD_CCtx_setParameter(stream_->context, ZSTD_c_windowLog, kWindowLog);
}

SplitWriter::~SplitWriter() = default;

Result<> SplitWriter::flush(bool end) {
  ZSTD_inBuffer in{.src = stream_->pending.data(), .size = stream_->pending.size(), .pos = 0};
  size_t left = 0;
  do {
    ZSTD_outBuffer out{.dst = stream_->output.data(), .size = stream_->output.size(), .pos = 0};
    left = ZSTD_compressStream2(stream_->context, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) return make_error(ErrorKind::System, ZSTD_getErrorName(left));
    TRY(sys::write_all(fd_, {stream_->output.data(), out.pos}));
  } while (in.pos < in.size || (end && left != 0));
  stream_->pending.clear();
  return {};
}

Result<> SplitWriter::raw(std::string_view bytes) {
  stream_->pending += 'R';
  append(stream_->pending, static_cast<uint32_t>(bytes.size()));
  stream_->pending += bytes;
  return stream_->pending.size() >= kBuffer ? flush(false) : Result<>{};
}

Result<> SplitWriter::payload(std::string_view path, uint64_t offset, uint64_t length) {
  stream_->pending += 'P';
  append(stream_->pending, length);
  append(stream_->pending, offset);
  append(stream_->pending, static_cast<uint32_t>(path.size()));
  stream_->pending += path;
  return {};
}

Result<> SplitWriter::finish() {
  return flush(true);
}

namespace {

/// Decompresses a file, and hands out as many bytes as are asked for.
class SplitStream {
 public:
  explicit SplitStream(int fd) : fd_(fd), context_(ZSTD_createDCtx()), input_(kBuffer) {}
  ~SplitStream() { ZSTD_freeDCtx(context_); }
  SplitStream(const SplitStream&) = delete;
  SplitStream& operator=(const SplitStream&) = delete;

  /// False at the end of the file, if it lies before the first byte.
  Result<bool> take(void* to, size_t size) {
    size_t have = 0;
    while (have < size) {
      if (in_.pos == in_.size && !needs_output_) {
        const ssize_t got = ::read(fd_, input_.data(), input_.size());
        if (got < 0) return last_error("read the record of a tar stream");
        if (got == 0) {
          if (have != 0) return broken();
          return false;
        }
        in_ = {.src = input_.data(), .size = static_cast<size_t>(got), .pos = 0};
      }
      ZSTD_outBuffer out{.dst = static_cast<char*>(to), .size = size, .pos = have};
      if (ZSTD_isError(ZSTD_decompressStream(context_, &out, &in_)) != 0) return broken();
      needs_output_ = out.pos == out.size;  // more may wait inside
      if (out.pos == have && in_.pos == in_.size) needs_output_ = false;
      have = out.pos;
    }
    return true;
  }

  template <typename Number>
  Result<Number> number() {
    Number value{};
    if (!TRY(take(&value, sizeof value))) return broken();
    return value;
  }

 private:
  int fd_;
  ZSTD_DCtx* context_;
  std::vector<char> input_;
  ZSTD_inBuffer in_{.src = nullptr, .size = 0, .pos = 0};
  bool needs_output_ = false;
};

}  // namespace

Result<> read_split(int fd, const std::function<Result<>(const SplitRecord&)>& take) {
  SplitStream stream(fd);
  SplitRecord record;
  while (true) {
    char letter = 0;
    if (!TRY(stream.take(&letter, 1))) return {};
    if (letter != 'R' && letter != 'P') return broken();
    record.is_payload = letter == 'P';
    if (record.is_payload) {
      record.length = TRY(stream.number<uint64_t>());
      record.offset = TRY(stream.number<uint64_t>());
    }
    const uint32_t size = TRY(stream.number<uint32_t>());
    if (size > kLongestRecord) return broken();
    record.bytes.resize(size);
    if (size > 0 && !TRY(stream.take(record.bytes.data(), size))) return broken();
    TRY(take(record));
  }
}

}  // namespace ocirt::unpack
