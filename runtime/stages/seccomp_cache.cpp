// Keeps compiled seccomp filters between runs. Runs in: creator.
#include "runtime/stages/seccomp_cache.h"

#include <seccomp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace ocirt::stages {

namespace {

constexpr size_t kLargestFile = 4 << 20;  // bytes
constexpr size_t kMostFiles = 64;

// What else decides how a filter looks. Only compile-time constants: a hit must not touch
// libseccomp. kFormat changes whenever seccomp_compile.cpp makes other filters of the same profile.
struct Maker {
  uint32_t format = 1;
  uint32_t libseccomp = SCMP_VER_MAJOR << 16 | SCMP_VER_MINOR << 8 | SCMP_VER_MICRO;
  uint32_t architecture = SCMP_ARCH_NATIVE;
  friend bool operator==(const Maker&, const Maker&) = default;
};

// A file: this, then the profile, then the filter.
struct Header {
  std::array<char, 8> magic = {'O', 'C', 'I', 'R', 'T', 'S', 'E', 'C'};
  Maker maker;
  uint32_t profile_size = 0;  // bytes
  uint32_t filter_size = 0;   // instructions
  uint32_t reserved = 0;
  uint64_t checksum = 0;  // of the filter
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == 40);

// Fast and good enough for names of files and against accidents. Not against malice: the
// directory is.
uint64_t hash(std::string_view bytes) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
  uint64_t value = bytes.size() * kMultiplier;
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t count = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), count);
    bytes.remove_prefix(count);
    value = (value ^ word) * kMultiplier;
    value ^= value >> 29;
  }
  return value;
}

std::string_view bytes_of(std::span<const sock_filter> filter) {
  return {reinterpret_cast<const char*>(filter.data()), filter.size_bytes()};
}

std::string file_name(std::string_view profile) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (uint64_t rest = hash(profile); name.size() < 16; rest >>= 4) name += kDigits[rest & 0xF];
  return name;
}

std::optional<std::vector<sock_filter>> parse(std::string_view bytes, std::string_view profile) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  const Header expected;
  if (header.magic != expected.magic || header.maker != expected.maker ||
      header.profile_size != profile.size() || !bytes.starts_with(profile)) {
    return std::nullopt;
  }
  bytes.remove_prefix(profile.size());
  if (header.filter_size == 0 || bytes.size() != header.filter_size * sizeof(sock_filter) ||
      hash(bytes) != header.checksum) {
    return std::nullopt;
  }
  std::vector<sock_filter> filter(header.filter_size);
  std::memcpy(filter.data(), bytes.data(), bytes.size());
  return filter;
}

}  // namespace

std::optional<std::vector<sock_filter>> SeccompCache::find(std::string_view profile) const {
  if (!directory_.is_open()) return std::nullopt;
  const std::optional<std::string> bytes = directory_.read(file_name(profile), kLargestFile);
  return bytes ? parse(*bytes, profile) : std::nullopt;
}

void SeccompCache::keep(std::string_view profile, std::span<const sock_filter> filter) const {
  Header header;
  header.profile_size = static_cast<uint32_t>(profile.size());
  header.filter_size = static_cast<uint32_t>(filter.size());
  header.checksum = hash(bytes_of(filter));

  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += profile;
  bytes += bytes_of(filter);
  if (bytes.size() <= kLargestFile) directory_.write(file_name(profile), bytes, kMostFiles);
}

}  // namespace ocirt::stages
