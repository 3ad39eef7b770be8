// The fields of a tar header: where they lie, and how numbers and times are written. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "frontend/unpack/tar_reader.h"

namespace ocirt::unpack {

/// Where a field lies in a header of 512 bytes (POSIX.1-1988 ustar; GNU's are the same up to
/// magic).
struct TarField {
  size_t offset;
  size_t length;
};

inline constexpr TarField kName{0, 100};
inline constexpr TarField kMode{100, 8};
inline constexpr TarField kUid{108, 8};
inline constexpr TarField kGid{116, 8};
inline constexpr TarField kSize{124, 12};
inline constexpr TarField kMtime{136, 12};
inline constexpr TarField kChecksum{148, 8};
inline constexpr size_t kTypeOffset = 156;
inline constexpr TarField kLinkName{157, 100};
inline constexpr TarField kMagic{257, 6};
inline constexpr TarField kMajor{329, 8};
inline constexpr TarField kMinor{337, 8};
inline constexpr TarField kPrefix{345, 155};
// GNU's sparse files ('S').
inline constexpr size_t kSparseInHeader = 386;  // four pairs of 12 digits each
inline constexpr size_t kSparseMoreInHeader = 482;
inline constexpr TarField kRealSize{483, 12};
inline constexpr int kPairsInHeader = 4;
inline constexpr int kPairsInExtension = 21;  // in a block of their own
inline constexpr size_t kSparseMoreInExtension = 504;

/// The text of a field, up to its first zero byte.
std::string_view text_of(const char* block, TarField field);

/// A number: octal digits between spaces and zero bytes, or GNU's base 256. Nothing for anything
/// else, and for numbers below zero.
std::optional<uint64_t> number_of(const char* block, TarField field);

/// The same, signed: times may lie before 1970.
std::optional<int64_t> signed_number_of(const char* block, TarField field);

/// Whether the sum of the header's bytes is the one it says.
bool has_valid_checksum(const char* block);

/// A decimal number, the whole of `text`.
std::optional<uint64_t> decimal(std::string_view text);

/// PAX's time: "[-]seconds[.fraction]".
std::optional<TarTime> pax_time(std::string_view text);

}  // namespace ocirt::unpack
