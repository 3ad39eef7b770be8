// Base64, as HTTP and auth.json have it (RFC 4648). Pure.
#include "frontend/registry/base64.h"

#include <cstdint>

namespace ocirt::registry {

namespace {
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int kDigitBits = 6;
constexpr int kByteBits = 8;
}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << kByteBits | static_cast<unsigned char>(byte);
    count += kByteBits;
    while (count >= kDigitBits) {
      count -= kDigitBits;
      text += kDigits[bits >> count & 63U];
    }
  }
  if (count > 0) text += kDigits[bits << (kDigitBits - count) & 63U];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char digit : text) {
    const size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << kDigitBits | static_cast<uint32_t>(value);
    count += kDigitBits;
    if (count >= kByteBits) {
      count -= kByteBits;
      bytes += static_cast<char>(bits >> count & 255U);
    }
  }
  return bytes;
}

}  // namespace ocirt::registry
