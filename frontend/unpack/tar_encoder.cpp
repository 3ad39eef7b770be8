// Writes the headers of a tar archive. Pure.
#include "frontend/unpack/tar_encoder.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "frontend/unpack/tar_fields.h"

namespace ocirt::unpack {

namespace {

using Block = std::array<char, kTarBlock>;

char type_letter(TarType type) {
  switch (type) {
    case TarType::File:
      return '0';
    case TarType::HardLink:
      return '1';
    case TarType::Symlink:
      return '2';
    case TarType::CharDevice:
      return '3';
    case TarType::BlockDevice:
      return '4';
    case TarType::Directory:
      return '5';
    case TarType::Fifo:
      return '6';
  }
  return '0';
}

// "27 mtime=1700000000.000000001\n": the length counts its own digits (pax, "Extended Header").
std::string pax_record(const std::string& key, const std::string& value) {
  const size_t rest = key.size() + value.size() + 3;  // the space, '=' and the newline
  size_t length = rest + 1;
  while (fmt::formatted_size("{}", length) + rest != length) {
    length = fmt::formatted_size("{}", length) + rest;
  }
  return fmt::format("{} {}={}\n", length, key, value);
}

/// Fills a header, and notes in `pax` what has no room in it.
class Header {
 public:
  void text(TarField field, const std::string& value, const char* key) {
    if (value.size() > field.length && key != nullptr) pax_ += pax_record(key, value);
    std::memcpy(block_.data() + field.offset, value.data(), std::min(value.size(), field.length));
  }

  void number(TarField field, uint64_t value, const char* key) {
    const size_t digits = field.length - 1;
    if (value >= uint64_t{1} << (3 * digits)) {
      if (key != nullptr) pax_ += pax_record(key, fmt::format("{}", value));
      value = 0;
    }
    const std::string octal = fmt::format("{:0{}o}", value, digits);
    std::memcpy(block_.data() + field.offset, octal.data(), digits);
  }

  void time(const TarTime& time) {
    const bool fits = time.seconds >= 0 && time.nanoseconds == 0;
    if (!fits) pax_ += pax_record("mtime", time_text(time));
    number(kMtime, static_cast<uint64_t>(std::max<int64_t>(time.seconds, 0)),
           fits ? "mtime" : nullptr);
  }

  void add_record(const std::string& key, const std::string& value) {
    pax_ += pax_record(key, value);
  }

  [[nodiscard]] const std::string& pax() const { return pax_; }

  std::string finish(char type) {
    block_[kTypeOffset] = type;
    std::memcpy(block_.data() + kMagic.offset,
                "ustar\0"
                "00",
                8);
    std::memset(block_.data() + kChecksum.offset, ' ', kChecksum.length);
    unsigned sum = 0;
    for (const char c : block_) sum += static_cast<unsigned char>(c);
    const std::string octal = fmt::format("{:06o}", sum);
    std::memcpy(block_.data() + kChecksum.offset, octal.c_str(), octal.size() + 1);
    return {block_.data(), block_.size()};
  }

 private:
  // A time before 1970 with a fraction: -1.25 s is seconds -2 and 0.75 s more.
  static std::string time_text(const TarTime& time) {
    if (time.nanoseconds == 0) return fmt::format("{}", time.seconds);
    constexpr uint32_t kSecond = 1'000'000'000;
    if (time.seconds >= 0) return fmt::format("{}.{:09}", time.seconds, time.nanoseconds);
    return fmt::format("-{}.{:09}", -(time.seconds + 1), kSecond - time.nanoseconds);
  }

  Block block_{};
  std::string pax_;
};

// "2\n0\n4096\n8192\n10\n", filled up to whole blocks.
std::string sparse_map(const TarEntry& entry) {
  std::string map = fmt::format("{}\n", entry.sparse.size());
  for (const SparsePart& part : entry.sparse) {
    map += fmt::format("{}\n{}\n", part.offset, part.length);
  }
  return map + std::string(tar_padding(map.size()), '\0');
}

}  // namespace

std::string encode_tar_entry(const TarEntry& entry) {
  const std::string map = entry.is_sparse ? sparse_map(entry) : std::string();
  Header header;
  if (entry.is_sparse) {
    header.add_record("GNU.sparse.major", "1");
    header.add_record("GNU.sparse.minor", "0");
    header.add_record("GNU.sparse.name", entry.name);
    header.add_record("GNU.sparse.realsize", fmt::format("{}", entry.file_size));
  }
  header.text(kName, entry.is_sparse ? "GNUSparseFile.0/" + entry.name : entry.name,
              entry.is_sparse ? nullptr : "path");
  header.text(kLinkName, entry.link, "linkpath");
  header.number(kMode, entry.mode, nullptr);
  header.number(kUid, entry.uid, "uid");
  header.number(kGid, entry.gid, "gid");
  header.number(kSize, entry.stored_size + map.size(), "size");
  header.time(entry.mtime);
  if (entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice) {
    header.number(kMajor, entry.major, nullptr);
    header.number(kMinor, entry.minor, nullptr);
  }
  for (const auto& [key, value] : entry.xattrs) header.add_record("SCHILY.xattr." + key, value);

  const std::string own = header.finish(type_letter(entry.type));
  const std::string& records = header.pax();
  if (records.empty()) return own + map;
  Header extended;
  const size_t slash = entry.name.rfind('/', entry.name.size() - 2);
  extended.text(kName,
                "PaxHeaders.0/" + entry.name.substr(slash == std::string::npos ? 0 : slash + 1),
                nullptr);
  constexpr uint64_t kUsualMode = 0644;
  extended.number(kMode, kUsualMode, nullptr);
  extended.number(kUid, 0, nullptr);
  extended.number(kGid, 0, nullptr);
  extended.number(kSize, records.size(), nullptr);
  extended.number(kMtime, 0, nullptr);
  return extended.finish('x') + records + std::string(tar_padding(records.size()), '\0') + own +
         map;
}

std::string tar_end() {
  return std::string(2 * kTarBlock, '\0');
}

}  // namespace ocirt::unpack
