// Protocol Buffers' wire format, as far as CRIU's requests need it: numbers, texts and messages.
// https://protobuf.dev/programming-guides/encoding/
#include "base/protobuf.h"

namespace ocirt {

namespace {

// The low three bits of a field's tag.
constexpr uint64_t kVarint = 0;
constexpr uint64_t kFixed64 = 1;
constexpr uint64_t kBytes = 2;
constexpr uint64_t kFixed32 = 5;

constexpr unsigned kTypeBits = 3;
constexpr unsigned kBitsPerByte = 7;  // of a varint; the eighth says that more follow

}  // namespace

void ProtobufWriter::varint(uint64_t value) {
  while (value >= 0x80) {
    text_ += static_cast<char>(value | 0x80);
    value >>= kBitsPerByte;
  }
  text_ += static_cast<char>(value);
}

void ProtobufWriter::number(uint32_t field, int64_t value) {
  varint(uint64_t{field} << kTypeBits | kVarint);
  varint(static_cast<uint64_t>(value));
}

void ProtobufWriter::bytes(uint32_t field, std::string_view value) {
  varint(uint64_t{field} << kTypeBits | kBytes);
  varint(value.size());
  text_ += value;
}

std::optional<uint64_t> ProtobufReader::varint() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += kBitsPerByte) {
    if (rest_.empty()) break;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80) == 0) return value;
  }
  damaged_ = true;
  return std::nullopt;
}

std::optional<std::string_view> ProtobufReader::take(uint64_t size) {
  if (size > rest_.size()) {
    damaged_ = true;
    return std::nullopt;
  }
  const std::string_view taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::optional<ProtobufField> ProtobufReader::next() {
  if (rest_.empty() || damaged_) return std::nullopt;
  const std::optional<uint64_t> tag = varint();
  if (!tag) return std::nullopt;
  ProtobufField found{.field = static_cast<uint32_t>(*tag >> kTypeBits), .number = 0, .bytes = {}};
  switch (*tag & ((1U << kTypeBits) - 1)) {
    case kVarint: {
      const std::optional<uint64_t> value = varint();
      if (!value) return std::nullopt;
      found.number = *value;
      return found;
    }
    case kBytes: {
      const std::optional<uint64_t> size = varint();
      if (!size) return std::nullopt;
      const std::optional<std::string_view> value = take(*size);
      if (!value) return std::nullopt;
      found.bytes = *value;
      return found;
    }
    case kFixed64:
      if (!take(8)) return std::nullopt;
      return found;
    case kFixed32:
      if (!take(4)) return std::nullopt;
      return found;
    default:
      damaged_ = true;
      return std::nullopt;
  }
}

}  // namespace ocirt
