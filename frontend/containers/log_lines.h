// The lines of a container's log file, as the monitor writes them: "TIME stdout F TEXT". Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ocirt::containers {

struct LogLine {
  std::string_view time;  // RFC 3339
  bool is_error = false;  // stderr
  bool is_whole = true;   // else the line goes on in the next record
  std::string_view text;
};

/// Nothing for what isn't one.
std::optional<LogLine> parse_log_line(std::string_view line);

/// Where the last `count` lines begin in the text of a log. Pieces of a line count as one.
size_t tail_offset(std::string_view log, size_t count);

}  // namespace ocirt::containers
