// Writes the headers of a tar archive: ustar, and PAX records for what doesn't fit. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/unpack/tar_reader.h"

namespace ocirt::unpack {

inline constexpr size_t kTarBlock = 512;

/// All that stands before the payload: the PAX header if one is needed, the header, and for a
/// sparse file the map of its parts (GNU's PAX format 1.0), which is the beginning of the payload.
/// Of `entry.stored_size`, only the files' own bytes count: the map is added here.
std::string encode_tar_entry(const TarEntry& entry);

/// How many zero bytes follow a payload of that many bytes.
constexpr size_t tar_padding(uint64_t payload) {
  return static_cast<size_t>((kTarBlock - payload % kTarBlock) % kTarBlock);
}

/// What ends an archive.
std::string tar_end();

}  // namespace ocirt::unpack
