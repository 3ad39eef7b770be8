// The lines of a container's log file. Pure.
#include "frontend/containers/log_lines.h"

namespace ocirt::containers {

namespace {

std::optional<std::string_view> take_word(std::string_view& rest) {
  const size_t space = rest.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  const std::string_view word = rest.substr(0, space);
  rest.remove_prefix(space + 1);
  return word;
}

}  // namespace

std::optional<LogLine> parse_log_line(std::string_view line) {
  const std::optional<std::string_view> time = take_word(line);
  const std::optional<std::string_view> stream = time ? take_word(line) : std::nullopt;
  const std::optional<std::string_view> tag = stream ? take_word(line) : std::nullopt;
  if (!tag || (*stream != "stdout" && *stream != "stderr")) return std::nullopt;
  return LogLine{
      .time = *time, .is_error = *stream == "stderr", .is_whole = *tag != "P", .text = line};
}

size_t tail_offset(std::string_view log, size_t count) {
  size_t begin = log.size();
  size_t lines = 0;
  size_t end = log.size();
  while (end > 0) {
    // From `end` back: a record, its newline included.
    const size_t newline = end >= 2 ? log.rfind('\n', end - 2) : std::string_view::npos;
    const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    const std::optional<LogLine> line = parse_log_line(log.substr(start, end - 1 - start));
    const bool ends_a_line = !line || line->is_whole || end == log.size();
    if (ends_a_line && ++lines > count) break;
    begin = start;
    end = start;
  }
  return begin;
}

}  // namespace ocirt::containers
