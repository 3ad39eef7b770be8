// Throws bytes at the reader of layers' tar streams, and at what makes paths of names.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/unpack/tar_reader.h"
#include "frontend/unpack/tree_writer.h"

namespace {

using namespace ocirt::unpack;  // NOLINT(google-build-using-namespace): all of it is the target

void require(bool holds) {
  if (!holds) std::abort();
}

/// What a stream says, whatever the pieces in which it came.
struct Reading {
  std::vector<TarEntry> entries;
  std::string bytes;  // of all pieces, in order: those of the stream
  bool ended_well = false;
};

void check_name(const TarEntry& entry) {
  const ocirt::Result<std::string> path = clean_name(entry.name);
  if (!path) return;
  require(!path->starts_with('/') && !path->ends_with('/'));
  require(('/' + *path + '/').find("/../") == std::string::npos);
  require(*clean_name(*path) == *path);
}

Reading read(std::string_view stream, size_t piece_size) {
  Reading reading;
  TarReader reader;
  uint64_t payload = 0;
  while (!stream.empty()) {
    std::string_view input = stream.substr(0, piece_size);
    stream.remove_prefix(input.size());
    while (true) {
      const ocirt::Result<TarPiece> piece = reader.next(input);
      if (!piece) return reading;
      if (piece->kind == TarPiece::Kind::NeedMore) break;
      reading.bytes += piece->bytes;
      if (piece->kind == TarPiece::Kind::Data) payload += piece->bytes.size();
      if (piece->kind == TarPiece::Kind::EntryEnd) {
        require(payload == reader.entry().stored_size);
        payload = 0;
      }
      if (piece->kind != TarPiece::Kind::Entry) continue;
      check_name(reader.entry());
      reading.entries.push_back(reader.entry());
    }
    require(input.empty());
  }
  reading.ended_well = reader.is_complete();
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(bytes), size);
  const Reading whole = read(stream, size == 0 ? 1 : size);
  const Reading pieces = read(stream, size == 0 ? 1 : 1 + bytes[size - 1] % 97);
  require(whole.entries == pieces.entries && whole.ended_well == pieces.ended_well);
  if (whole.ended_well) require(whole.bytes == stream && pieces.bytes == stream);
  return 0;
}
