// Turns what a payload writes into the records of a log file. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "shim/model/options.h"
#include "shim/model/stamp.h"

namespace ocirt::shim {

/// Which of the payload's streams; the value is the first byte of an attach packet.
enum class Stream : char { Stdout = 2, Stderr = 3 };

/// "stdout" or "stderr".
std::string_view name_of(Stream stream);

/// The longest piece of a line that becomes one record, in bytes: conmon's.
constexpr size_t kLongestPiece = 8192;

/// A span of at least this many bytes has room for any one record, also where every byte is
/// escaped.
constexpr size_t kLongestRecord = 6 * kLongestPiece + 256;

/// How much a log may still grow, in bytes.
struct Room {
  uint64_t in_file = std::numeric_limits<uint64_t>::max();   // a record must end within it
  uint64_t in_total = std::numeric_limits<uint64_t>::max();  // a record must begin within it
};

struct Framed {
  size_t consumed = 0;  // of the data
  size_t produced = 0;  // bytes in `out`
  bool file_is_full = false;
  bool total_is_reached = false;
};

/// The part of `data` that becomes the next record, with its newline if it has one.
std::string_view first_piece(std::string_view data);

/// Writes records into `out`, until the data is used up or one record more might not fit.
///
/// KubernetesFile: "STAMP stdout F text", a line of the CRI's log format; P instead of F for a
/// piece that has no newline. JsonFile: docker's,
/// {"log":"text\n","stream":"stdout","time":"STAMP"}. `stamp` is the time of all of them: local for
/// the first, UTC for the second.
Framed frame_lines(LogDriver format, Stream stream, const Stamp& stamp, std::string_view data,
                   const Room& room, std::span<char> out);

}  // namespace ocirt::shim
