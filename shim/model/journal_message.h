// Records of systemd's journal in its native protocol, and the lines that become them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shim/model/line_frame.h"
#include "shim/model/options.h"

namespace ocirt::shim {

/// Appends one field. A value with a newline, or with bytes that aren't text, goes with its length
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL).
void append_journal_field(std::string& message, std::string_view name, std::string_view value);

/// Makes records of a container's output. A line that isn't complete waits for its rest, up to
/// kLongestPiece bytes.
class JournalLines {
 public:
  explicit JournalLines(const Options& options);

  /// Calls `send(message)` for each record that `data` completes.
  template <typename Send>
  void feed(Stream stream, std::string_view data, Send send) {
    while (!data.empty()) {
      if (take(stream, data)) send(record(stream));
    }
  }
  /// At the end: what still waits becomes a record, marked as partial.
  template <typename Send>
  void finish(Send send) {
    for (const Stream stream : {Stream::Stdout, Stream::Stderr}) {
      if (!pending(stream).empty()) send(record(stream));
    }
  }

 private:
  std::string& pending(Stream stream) { return stream == Stream::Stdout ? out_ : err_; }
  bool take(Stream stream, std::string_view& data);
  std::string record(Stream stream);

  std::string fields_;  // the same for every record
  std::string out_;
  std::string err_;
  bool marks_partial_;
};

}  // namespace ocirt::shim
