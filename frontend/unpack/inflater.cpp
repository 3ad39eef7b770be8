// Decompresses a layer with ISA-L and libzstd.
#include "frontend/unpack/inflater.h"

#include <fmt/core.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace ocirt::unpack {

struct Inflater::Engines {
  inflate_state gzip{};
  ZSTD_DCtx* zstd = nullptr;
  ~Engines() { ZSTD_freeDCtx(zstd); }
};

namespace {

using std::string_view_literals::operator""sv;

// A frame may ask for a window of any size: 128 MiB is what the library and `zstd -d` allow, too.
constexpr int kMostWindowLog = 27;

struct Magic {
  std::string_view bytes;
  Compression compression;
};
constexpr Magic kMagics[] = {{"\x1f\x8b"sv, Compression::Gzip},
                             {"\x28\xb5\x2f\xfd"sv, Compression::Zstd}};

// Frames with data of somebody else, such as zstd:chunked's tables: 184D2A50 to 184D2A5F.
bool is_skippable_frame(std::string_view magic) {
  return magic.size() >= 4 && (static_cast<unsigned char>(magic[0]) & 0xf0) == 0x50 &&
         magic.substr(1, 3) == "\x2a\x4d\x18"sv;
}

Error broken(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "broken layer: " + std::move(what));
}

}  // namespace

Inflater::Inflater() : engines_(std::make_unique<Engines>()) {}
Inflater::~Inflater() = default;

Result<> Inflater::detect(std::string_view& input) {
  const size_t taken = std::min(input.size(), kMagicSize - magic_size_);
  std::memcpy(magic_.data() + magic_size_, input.data(), taken);
  magic_size_ += taken;
  input.remove_prefix(taken);
  if (magic_size_ < kMagicSize) return {};  // no compressed stream is as short as that

  const std::string_view magic(magic_.data(), magic_size_);
  compression_ = Compression::None;
  for (const Magic& known : kMagics) {
    if (magic.starts_with(known.bytes)) compression_ = known.compression;
  }
  if (is_skippable_frame(magic)) compression_ = Compression::Zstd;
  if (magic.starts_with("BZh") || magic.starts_with("\xfd"
                                                    "7zXZ")) {
    return make_error(ErrorKind::Unsupported, "layers compressed by bzip2 or xz");
  }
  if (compression_ == Compression::Gzip) {
    isal_inflate_init(&engines_->gzip);
    engines_->gzip.crc_flag = ISAL_GZIP;
  } else if (compression_ == Compression::Zstd) {
    engines_->zstd = ZSTD_createDCtx();
    if (engines_->zstd == nullptr) return make_error(ErrorKind::System, "zstd: no memory");
    (void)ZSTD_DCtx_setParameter(engines_->zstd, ZSTD_d_windowLogMax, kMostWindowLog);
  }
  replay_ = magic;
  return {};
}

Result<size_t> Inflater::inflate(std::string_view& input, std::span<char> output) {
  if (compression_ == Compression::Unknown) {
    TRY(detect(input));
    if (compression_ == Compression::Unknown) return size_t{0};
  }
  std::string_view& source = replay_.empty() ? input : replay_;
  switch (compression_) {
    case Compression::Gzip:
      return inflate_gzip(source, output);
    case Compression::Zstd:
      return inflate_zstd(source, output);
    default: {
      const size_t size = std::min(source.size(), output.size());
      std::memcpy(output.data(), source.data(), size);
      source.remove_prefix(size);
      return size;
    }
  }
}

Result<size_t> Inflater::inflate_gzip(std::string_view& input, std::span<char> output) {
  inflate_state& state = engines_->gzip;
  if (!in_stream_) {
    // Between members: zeros are padding (as gzip(1) takes them), all else is another member.
    if (ended_once_) input.remove_prefix(std::min(input.find_first_not_of('\0'), input.size()));
    if (input.empty()) return size_t{0};
    if (ended_once_) {
      isal_inflate_reset(&state);
      state.crc_flag = ISAL_GZIP;
    }
    in_stream_ = true;
  }
  state.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(input.data()));
  state.avail_in = static_cast<uint32_t>(input.size());
  state.next_out = reinterpret_cast<uint8_t*>(output.data());
  state.avail_out = static_cast<uint32_t>(output.size());
  const int status = isal_inflate(&state);
  if (status < 0) return broken(fmt::format("not a valid gzip stream (ISA-L says {})", status));
  input.remove_prefix(input.size() - state.avail_in);
  if (state.block_state == ISAL_BLOCK_FINISH) {
    in_stream_ = false;
    ended_once_ = true;
  }
  return output.size() - state.avail_out;
}

Result<size_t> Inflater::inflate_zstd(std::string_view& input, std::span<char> output) {
  ZSTD_inBuffer in{.src = input.data(), .size = input.size(), .pos = 0};
  ZSTD_outBuffer out{.dst = output.data(), .size = output.size(), .pos = 0};
  if (input.empty() && !in_stream_) return size_t{0};
  const size_t status = ZSTD_decompressStream(engines_->zstd, &out, &in);
  if (ZSTD_isError(status) != 0) {
    return broken(fmt::format("not a valid zstd stream: {}", ZSTD_getErrorName(status)));
  }
  input.remove_prefix(in.pos);
  in_stream_ = status != 0;
  ended_once_ = ended_once_ || !in_stream_;
  return out.pos;
}

Result<> Inflater::finish() const {
  if (compression_ == Compression::Unknown) {
    return magic_size_ == 0 ? Result<>{} : broken("it has only a few bytes");
  }
  if (compression_ != Compression::None && in_stream_) return broken("it was cut off");
  return {};
}

}  // namespace ocirt::unpack
