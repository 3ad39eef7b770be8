// Times as log files write them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ocirt::shim {

/// A point in time, and how far local time is ahead of UTC there.
struct Moment {
  int64_t seconds = 0;  // since 1970, UTC
  int32_t nanoseconds = 0;
  int32_t offset_s = 0;

  friend bool operator==(const Moment&, const Moment&) = default;
};

/// Holds the text of a moment: "2026-11-23T20:15:00.123456789+01:00" in local time with its offset,
/// always 35 bytes; or, for UTC, "2026-11-23T19:15:00.123456789Z".
class Stamp {
 public:
  static Stamp local(const Moment& moment) { return Stamp(moment, false); }
  static Stamp utc(const Moment& moment) { return Stamp(moment, true); }

  [[nodiscard]] std::string_view text() const { return {text_.data(), length_}; }

 private:
  Stamp(const Moment& moment, bool is_utc);

  std::array<char, 40> text_{};
  size_t length_ = 0;
};

}  // namespace ocirt::shim
