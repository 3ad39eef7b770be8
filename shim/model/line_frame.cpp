// Turns what a payload writes into the records of a log file. Pure.
#include "shim/model/line_frame.h"

#include <array>
#include <cstring>
#include <string>

#include "base/json_writer.h"

namespace ocirt::shim {
namespace {

char* append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

/// "STAMP stdout F ", made once for all records of a read.
class KubernetesHead {
 public:
  KubernetesHead(Stream stream, const Stamp& stamp) {
    char* out = append(text_.data(), stamp.text());
    *out++ = ' ';
    out = append(out, name_of(stream));
    out = append(out, " F ");
    length_ = static_cast<size_t>(out - text_.data());
  }
  [[nodiscard]] size_t size() const { return length_; }

  char* write(char* out, bool is_whole) {
    text_[length_ - 2] = is_whole ? 'F' : 'P';
    return append(out, {text_.data(), length_});
  }

 private:
  std::array<char, 64> text_{};
  size_t length_ = 0;
};

Framed frame_kubernetes(Stream stream, const Stamp& stamp, std::string_view data, const Room& room,
                        std::span<char> out) {
  KubernetesHead head(stream, stamp);
  Framed framed;
  while (framed.consumed < data.size()) {
    const std::string_view piece = first_piece(data.substr(framed.consumed));
    const bool is_whole = piece.back() == '\n';
    const size_t length = head.size() + piece.size() + (is_whole ? 0 : 1);
    framed.total_is_reached = framed.produced >= room.in_total;
    framed.file_is_full = framed.produced + length > room.in_file;
    if (framed.total_is_reached || framed.file_is_full) return framed;
    if (framed.produced + length > out.size()) return framed;
    char* next = head.write(out.data() + framed.produced, is_whole);
    next = append(next, piece);
    if (!is_whole) *next = '\n';
    framed.produced += length;
    framed.consumed += piece.size();
  }
  return framed;
}

Framed frame_json(Stream stream, const Stamp& stamp, std::string_view data, const Room& room,
                  std::span<char> out) {
  Framed framed;
  std::string record;
  while (framed.consumed < data.size()) {
    const std::string_view piece = first_piece(data.substr(framed.consumed));
    record = "{\"log\":";
    append_json_string(record, piece);
    record += ",\"stream\":\"";
    record += name_of(stream);
    record += "\",\"time\":\"";
    record += stamp.text();
    record += "\"}\n";
    framed.total_is_reached = framed.produced >= room.in_total;
    framed.file_is_full = framed.produced + record.size() > room.in_file;
    if (framed.total_is_reached || framed.file_is_full) return framed;
    if (framed.produced + record.size() > out.size()) return framed;
    append(out.data() + framed.produced, record);
    framed.produced += record.size();
    framed.consumed += piece.size();
  }
  return framed;
}

}  // namespace

std::string_view first_piece(std::string_view data) {
  const std::string_view window = data.substr(0, kLongestPiece);
  const void* newline = std::memchr(window.data(), '\n', window.size());
  if (newline == nullptr) return window;
  return window.substr(0,
                       static_cast<size_t>(static_cast<const char*>(newline) - window.data()) + 1);
}

std::string_view name_of(Stream stream) {
  return stream == Stream::Stdout ? "stdout" : "stderr";
}

Framed frame_lines(LogDriver format, Stream stream, const Stamp& stamp, std::string_view data,
                   const Room& room, std::span<char> out) {
  return format == LogDriver::JsonFile ? frame_json(stream, stamp, data, room, out)
                                       : frame_kubernetes(stream, stamp, data, room, out);
}

}  // namespace ocirt::shim
