// Cuts a tar stream into entries: ustar, PAX and GNU, with sparse files. Pure: no system calls.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ocirt::unpack {

enum class TarType { File, HardLink, Symlink, CharDevice, BlockDevice, Directory, Fifo };

struct TarTime {
  int64_t seconds = 0;
  uint32_t nanoseconds = 0;
  friend bool operator==(const TarTime&, const TarTime&) = default;
};

/// A part of a sparse file that holds data; what lies between parts is zeros. In bytes.
struct SparsePart {
  uint64_t offset = 0;
  uint64_t length = 0;
  friend bool operator==(const SparsePart&, const SparsePart&) = default;
};

/// What stands in the headers of one entry. Names are as the archive has them: hostile.
struct TarEntry {
  TarType type = TarType::File;
  std::string name;
  std::string link;
  uint32_t mode = 0;  // the permission bits, set-id and sticky among them
  uint64_t uid = 0;
  uint64_t gid = 0;
  uint64_t stored_size = 0;  // bytes of payload in the stream
  uint64_t file_size = 0;    // bytes of the file; differs from the former for sparse ones
  TarTime mtime;
  std::optional<TarTime> atime;
  uint32_t major = 0;
  uint32_t minor = 0;
  std::vector<std::pair<std::string, std::string>> xattrs;
  std::vector<SparsePart> sparse;  // empty: not sparse
  bool is_sparse = false;
  friend bool operator==(const TarEntry&, const TarEntry&) = default;
};

/// What the reader made of the bytes it was given.
struct TarPiece {
  enum class Kind {
    NeedMore,  // the input is used up
    Raw,       // `bytes` are headers, padding or what follows the end: nothing of a file
    Entry,     // entry() is complete; its payload follows, if it has one
    Data,      // `bytes` are payload of entry()
    EntryEnd,  // entry() has had all its payload
  };
  Kind kind = Kind::NeedMore;
  std::string_view bytes;  // lies in the input, or in the reader until the next call
};

/// Takes a stream in pieces of any size. Every byte of it comes back in exactly one Raw or Data
/// piece, in order, so that the stream can be put together again.
class TarReader {
 public:
  /// What comes next in `input`, from which it is taken off. Errors: InvalidConfig, naming what is
  /// wrong with the archive.
  Result<TarPiece> next(std::string_view& input);

  [[nodiscard]] const TarEntry& entry() const { return entry_; }

  /// Whether the archive's end has been seen: a stream that stops earlier was cut off. An archive
  /// may also end without its two blocks of zeros, between two entries.
  [[nodiscard]] bool is_complete() const;

 private:
  static constexpr size_t kBlock = 512;
  enum class State { Header, Extended, SparseHeader, SparseMap, Ready, Payload, Padding, Trailer };

  Result<TarPiece> take_header(std::string_view& input);
  Result<TarPiece> take_extended(std::string_view& input);
  Result<TarPiece> take_sparse_map(std::string_view& input);
  std::optional<std::string_view> fill_block(std::string_view& input);
  Result<> read_header();
  Result<> begin_extended(char type);
  Result<> finish_extended();
  Result<> read_pax(std::string_view records);
  Result<> set_pax(const std::string& key, std::string_view value);
  Result<> read_basics();
  Result<> read_old_sparse_header();
  Result<> finish_entry();
  Result<bool> parse_sparse_map();
  void add_sparse_pairs(const char* begin, int count);

  State state_ = State::Header;
  std::array<char, kBlock> block_{};
  size_t in_block_ = 0;
  std::string extended_;  // the payload of an 'x', 'L' or 'K' entry, or a sparse map
  char extended_type_ = 0;
  uint64_t left_ = 0;     // of the payload or extended payload
  uint64_t padding_ = 0;  // after it
  int zero_blocks_ = 0;
  TarEntry entry_;
  std::vector<std::pair<std::string, std::string>> pax_;  // for the next entry
  std::string long_name_;
  std::string long_link_;
  bool map_in_data_ = false;  // PAX sparse 1.0
  uint64_t map_lines_ = 0;    // so far
};

}  // namespace ocirt::unpack
