// Time that only goes forward.
#pragma once

#include <time.h>

#include <cstdint>

namespace ocirt::images {

inline int64_t now_ms() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  constexpr int64_t kPerSecond = 1000;
  constexpr int64_t kNsPerMs = 1'000'000;
  return now.tv_sec * kPerSecond + now.tv_nsec / kNsPerMs;
}

}  // namespace ocirt::images
