// The fields of a tar header: where they lie, and how numbers and times are written. Pure.
#include "frontend/unpack/tar_fields.h"

#include <charconv>
#include <cstring>
#include <limits>

namespace ocirt::unpack {

std::string_view text_of(const char* block, TarField field) {
  const char* begin = block + field.offset;
  return {begin, ::strnlen(begin, field.length)};
}

namespace {

constexpr unsigned char kBase256 = 0x80;
constexpr unsigned char kNegative = 0x40;

std::optional<int64_t> base256(const char* block, TarField field) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(block + field.offset);
  const bool negative = (bytes[0] & kNegative) != 0;
  const unsigned char flip = negative ? 0xff : 0;
  uint64_t value = 0;
  for (size_t i = 0; i < field.length; ++i) {
    auto byte = static_cast<unsigned char>(bytes[i] ^ flip);
    if (i == 0) byte &= 0x7f;
    if ((value >> 55) != 0) return std::nullopt;  // no file is that large, no time that late
    value = value << 8 | byte;
  }
  return negative ? -static_cast<int64_t>(value) - 1 : static_cast<int64_t>(value);
}

}  // namespace

std::optional<int64_t> signed_number_of(const char* block, TarField field) {
  if ((static_cast<unsigned char>(block[field.offset]) & kBase256) != 0) {
    return base256(block, field);
  }
  std::string_view digits(block + field.offset, field.length);
  while (!digits.empty() && digits.front() == ' ') digits.remove_prefix(1);
  digits = digits.substr(0, digits.find_first_of(std::string_view(" \0", 2)));
  uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value << 3 | static_cast<uint64_t>(digit - '0');
  }
  return static_cast<int64_t>(value);  // twelve digits are 36 bits
}

std::optional<uint64_t> number_of(const char* block, TarField field) {
  const std::optional<int64_t> value = signed_number_of(block, field);
  if (!value || *value < 0) return std::nullopt;
  return static_cast<uint64_t>(*value);
}

bool has_valid_checksum(const char* block) {
  constexpr size_t kBlock = 512;
  int64_t as_unsigned = 0;
  int64_t as_signed = 0;  // some old programs added signed bytes
  for (size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    const char byte = own ? ' ' : block[i];
    as_unsigned += static_cast<unsigned char>(byte);
    as_signed += static_cast<signed char>(byte);
  }
  const std::optional<int64_t> said = signed_number_of(block, kChecksum);
  return said && (*said == as_unsigned || *said == as_signed);
}

std::optional<uint64_t> decimal(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return value;
}

std::optional<TarTime> pax_time(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t dot = text.find('.');
  const std::optional<uint64_t> seconds = decimal(text.substr(0, dot));
  if (!seconds) return std::nullopt;
  TarTime time{.seconds = static_cast<int64_t>(*seconds), .nanoseconds = 0};
  if (dot != std::string_view::npos) {
    constexpr uint32_t kFirstDigit_ns = 100'000'000;
    uint32_t weight = kFirstDigit_ns;
    for (const char digit : text.substr(dot + 1)) {
      if (digit < '0' || digit > '9') return std::nullopt;
      time.nanoseconds += weight * static_cast<uint32_t>(digit - '0');
      weight /= 10;
    }
  }
  if (!negative) return time;
  constexpr uint32_t kSecond_ns = 1'000'000'000;
  time.seconds = -time.seconds;
  if (time.nanoseconds != 0) {
    time.seconds -= 1;
    time.nanoseconds = kSecond_ns - time.nanoseconds;
  }
  return time;
}

}  // namespace ocirt::unpack
