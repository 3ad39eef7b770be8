// The lines that engines write into the fifos ctl and winsz. Pure.
#include "shim/model/control.h"

#include <charconv>

namespace ocirt::shim {
namespace {

constexpr int kLargest = 1000;  // rows or columns

// Takes a number off the front, and one space before it unless it is the first.
std::optional<int> take_number(std::string_view& text, bool is_first) {
  if (!is_first) {
    if (text.empty() || text.front() != ' ') return std::nullopt;
    text.remove_prefix(1);
  }
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || value < 0 || value > kLargest) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<WindowSize> parse_window_size(std::string_view line) {
  const std::optional<int> rows = take_number(line, true);
  if (!rows) return std::nullopt;
  const std::optional<int> columns = take_number(line, false);
  if (!columns || !line.empty()) return std::nullopt;
  return WindowSize{.rows = static_cast<unsigned short>(*rows),
                    .columns = static_cast<unsigned short>(*columns)};
}

std::optional<ControlMessage> parse_control(std::string_view line) {
  const std::optional<int> kind = take_number(line, true);
  if (!kind || line.empty() || line.front() != ' ') return std::nullopt;
  const std::optional<WindowSize> size = parse_window_size(line.substr(1));
  if (!size) return std::nullopt;
  if (*kind == 1) return ControlMessage{.kind = ControlMessage::Kind::Resize, .size = *size};
  if (*kind == 2) return ControlMessage{.kind = ControlMessage::Kind::ReopenLogs, .size = {}};
  return std::nullopt;
}

}  // namespace ocirt::shim
