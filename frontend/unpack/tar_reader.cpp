// Cuts a tar stream into entries: the states of the stream. Pure: no system calls.
#include "frontend/unpack/tar_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "frontend/unpack/tar_fields.h"

namespace ocirt::unpack {

namespace {

// What one extended header may hold: a name, a link, xattrs of 64 KiB each.
constexpr uint64_t kMostExtended = 1 << 20;
// GNU tar pads archives to 10 KiB; more zeros than that are fine, too.
constexpr int kZeroBlocksAtEnd = 2;
constexpr size_t kMostSparseParts = 1 << 20;

Error broken(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "broken tar archive: " + std::move(what));
}

std::string_view take(std::string_view& input, uint64_t most) {
  const std::string_view taken = input.substr(0, most);
  input.remove_prefix(taken.size());
  return taken;
}

}  // namespace

bool TarReader::is_complete() const {
  return state_ == State::Trailer || (state_ == State::Header && in_block_ == 0 && pax_.empty() &&
                                      long_name_.empty() && long_link_.empty());
}

// Gathers a block of 512 bytes. Returns the part that was taken now.
std::optional<std::string_view> TarReader::fill_block(std::string_view& input) {
  if (input.empty()) return std::nullopt;
  const std::string_view part = take(input, kBlock - in_block_);
  std::memcpy(block_.data() + in_block_, part.data(), part.size());
  in_block_ += part.size();
  return part;
}

Result<TarPiece> TarReader::next(std::string_view& input) {
  using Kind = TarPiece::Kind;
  switch (state_) {
    case State::Header:
    case State::SparseHeader:
      return take_header(input);
    case State::Extended:
      return take_extended(input);
    case State::SparseMap:
      return take_sparse_map(input);
    case State::Ready:
      state_ = State::Payload;
      return TarPiece{.kind = Kind::Entry, .bytes = {}};
    case State::Payload: {
      if (left_ == 0) {
        state_ = padding_ > 0 ? State::Padding : State::Header;
        return TarPiece{.kind = Kind::EntryEnd, .bytes = {}};
      }
      if (input.empty()) return TarPiece{};
      const std::string_view data = take(input, left_);
      left_ -= data.size();
      return TarPiece{.kind = Kind::Data, .bytes = data};
    }
    case State::Padding: {
      if (input.empty()) return TarPiece{};
      const std::string_view raw = take(input, padding_);
      padding_ -= raw.size();
      if (padding_ == 0) state_ = State::Header;
      return TarPiece{.kind = Kind::Raw, .bytes = raw};
    }
    case State::Trailer:
      if (input.empty()) return TarPiece{};
      return TarPiece{.kind = Kind::Raw, .bytes = take(input, input.size())};
  }
  return make_error(ErrorKind::Bug, "tar reader in no state");
}

Result<TarPiece> TarReader::take_header(std::string_view& input) {
  const std::optional<std::string_view> part = fill_block(input);
  if (!part) return TarPiece{};
  if (in_block_ == kBlock) {
    in_block_ = 0;
    if (state_ == State::SparseHeader) {
      add_sparse_pairs(block_.data(), kPairsInExtension);
      if (entry_.sparse.size() > kMostSparseParts) return broken("a sparse map without end");
      if (block_[kSparseMoreInExtension] == 0) TRY(finish_entry());
    } else if (std::all_of(block_.begin(), block_.end(), [](char c) { return c == 0; })) {
      if (++zero_blocks_ == kZeroBlocksAtEnd) state_ = State::Trailer;
    } else {
      zero_blocks_ = 0;
      TRY(read_header());
    }
  }
  return TarPiece{.kind = TarPiece::Kind::Raw, .bytes = *part};
}

Result<> TarReader::read_header() {
  if (!has_valid_checksum(block_.data())) return broken("the checksum of a header is wrong");
  const char type = block_[kTypeOffset];
  if (type == 'x' || type == 'g' || type == 'L' || type == 'K') return begin_extended(type);
  TRY(read_basics());
  if (type == 'S') return read_old_sparse_header();
  return finish_entry();
}

Result<> TarReader::begin_extended(char type) {
  const std::optional<uint64_t> size = number_of(block_.data(), kSize);
  if (!size) return broken("a size is no number");
  if (*size > kMostExtended) {
    return broken(fmt::format("an extended header of {} bytes (at most {})", *size, kMostExtended));
  }
  extended_.clear();
  extended_type_ = type;
  left_ = *size;
  padding_ = (kBlock - *size % kBlock) % kBlock;
  state_ = State::Extended;
  if (*size == 0) {
    TRY(finish_extended());
    state_ = State::Header;
  }
  return {};
}

Result<TarPiece> TarReader::take_extended(std::string_view& input) {
  if (input.empty()) return TarPiece{};
  const std::string_view part = take(input, left_);
  extended_ += part;
  left_ -= part.size();
  if (left_ == 0) {
    TRY(finish_extended());
    state_ = padding_ > 0 ? State::Padding : State::Header;
  }
  return TarPiece{.kind = TarPiece::Kind::Raw, .bytes = part};
}

Result<> TarReader::finish_extended() {
  switch (extended_type_) {
    case 'x':
      return read_pax(extended_);
    case 'L':
      long_name_ = extended_.substr(0, extended_.find('\0'));
      return {};
    case 'K':
      long_link_ = extended_.substr(0, extended_.find('\0'));
      return {};
    default:  // 'g': comments and the like for all entries, which nobody heeds for layers
      return {};
  }
}

// "LENGTH KEY=VALUE\n", where LENGTH counts the whole record.
Result<> TarReader::read_pax(std::string_view records) {
  pax_.clear();  // of two headers for one entry the later counts, and memory stays bounded
  while (!records.empty()) {
    const size_t space = records.find(' ');
    const std::optional<uint64_t> length = decimal(records.substr(0, space));
    if (space == std::string_view::npos || !length || *length > records.size() ||
        *length < space + 2 || records[*length - 1] != '\n') {
      return broken("a PAX record without a sound length");
    }
    const std::string_view record = records.substr(space + 1, *length - space - 2);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) return broken("a PAX record without '='");
    pax_.emplace_back(record.substr(0, equals), record.substr(equals + 1));
    records.remove_prefix(*length);
  }
  return {};
}

Result<TarPiece> TarReader::take_sparse_map(std::string_view& input) {
  if (input.empty()) return TarPiece{};
  const std::string_view part =
      take(input, std::min<uint64_t>(left_, kBlock - extended_.size() % kBlock));
  if (part.empty()) return broken("a sparse map that is longer than its file");
  extended_ += part;
  left_ -= part.size();
  map_lines_ += static_cast<uint64_t>(std::count(part.begin(), part.end(), '\n'));
  if (extended_.size() % kBlock == 0) {
    if (extended_.size() > kMostExtended) return broken("a sparse map without end");
    if (TRY(parse_sparse_map())) state_ = State::Ready;
  }
  return TarPiece{.kind = TarPiece::Kind::Raw, .bytes = part};
}

// PAX sparse 1.0: decimal numbers on lines of their own, the count of pairs first, filled up with
// zeros to a multiple of 512 bytes. False when more of it is needed.
Result<bool> TarReader::parse_sparse_map() {
  std::string_view text = extended_;
  const auto number = [&]() -> std::optional<uint64_t> {
    const size_t newline = text.find('\n');
    if (newline == std::string_view::npos) return std::nullopt;
    const std::optional<uint64_t> value = decimal(text.substr(0, newline));
    if (value) text.remove_prefix(newline + 1);
    return value;
  };
  const std::optional<uint64_t> count = number();
  if (!count || *count > kMostExtended) return broken("a sparse map without a count");
  if (map_lines_ < 1 + 2 * *count) return false;  // parsed once: its length is the archive's choice
  entry_.sparse.clear();
  for (uint64_t i = 0; i < *count; ++i) {
    const std::optional<uint64_t> offset = number();
    const std::optional<uint64_t> length = number();
    if (!offset || !length) return broken("a sparse map with words that are no numbers");
    entry_.sparse.push_back({.offset = *offset, .length = *length});
  }
  entry_.stored_size = left_;
  return true;
}

}  // namespace ocirt::unpack
