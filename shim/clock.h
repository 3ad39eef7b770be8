// What time it is, for logs and deadlines.
#pragma once

#include <cstdint>

#include "shim/model/stamp.h"

namespace ocirt::shim {

/// The wall clock, with the offset of local time. The offset is looked up once a second at most.
class WallClock {
 public:
  Moment now();

 private:
  int64_t known_second_ = -1;
  int32_t offset_s_ = 0;
};

/// Milliseconds of a clock that no one sets (CLOCK_MONOTONIC).
int64_t monotonic_ms();
int64_t monotonic_ns();

}  // namespace ocirt::shim
