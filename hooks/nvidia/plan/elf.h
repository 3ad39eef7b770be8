// What we must know of a shared library: its machine, its DT_SONAME and CUDA's note. Pure: the
// bytes come from a callback, so that a library of 100 MB is read in a few small pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"

namespace ocirt::nvidia {

/// Fills `into` with the bytes at `offset`; false where the file doesn't have them all.
using ReadAt = std::function<bool(uint64_t offset, std::span<char> into)>;

struct ElfFacts {
  bool is_64_bit = false;
  uint16_t machine = 0;  // EM_X86_64, ...
  std::string soname;    // DT_SONAME; empty: none
  /// The JSON of CUDA's note (section ".note.cuda.fwd_compatibility"); empty: none.
  std::string compatibility;
  friend bool operator==(const ElfFacts&, const ElfFacts&) = default;
};

enum class ElfParts {
  Soname,
  SonameAndNote,
};

/// Reads an ELF file of a machine with this one's byte order. Every offset and size in it is
/// checked, and every table has a limit: an image's library is an attacker's file.
///
/// Errors: InvalidConfig, saying what is wrong with the file.
Result<ElfFacts> read_elf(const ReadAt& read_at, ElfParts parts);

}  // namespace ocirt::nvidia
