// The lines that engines write into the fifos ctl and winsz. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace ocirt::shim {

struct WindowSize {
  unsigned short rows = 0;
  unsigned short columns = 0;

  friend bool operator==(const WindowSize&, const WindowSize&) = default;
};

/// What a line of ctl asks for.
struct ControlMessage {
  enum class Kind { Resize, ReopenLogs };
  Kind kind = Kind::Resize;
  WindowSize size;  // of Resize

  friend bool operator==(const ControlMessage&, const ControlMessage&) = default;
};

/// "1 ROWS COLUMNS" or "2 0 0", without the newline. Nothing for anything else: numbers outside of
/// 0 to 1000 have never been a terminal's size.
std::optional<ControlMessage> parse_control(std::string_view line);

/// "ROWS COLUMNS" of winsz.
std::optional<WindowSize> parse_window_size(std::string_view line);

/// Cuts a stream of bytes into lines. A line longer than the buffer is dropped as a whole.
class LineCutter {
 public:
  static constexpr size_t kLongest = 200;  // bytes

  /// Calls `use(line)` for each line that `bytes` completes.
  template <typename Use>
  void feed(std::string_view bytes, Use use) {
    for (const char byte : bytes) {
      if (byte == '\n') {
        if (!too_long_) use(std::string_view(line_.data(), length_));
        length_ = 0;
        too_long_ = false;
      } else if (length_ < line_.size()) {
        line_[length_++] = byte;
      } else {
        too_long_ = true;
      }
    }
  }

 private:
  std::array<char, kLongest> line_{};
  size_t length_ = 0;
  bool too_long_ = false;
};

}  // namespace ocirt::shim
