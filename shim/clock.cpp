// What time it is, for logs and deadlines.
#include "shim/clock.h"

#include <ctime>

namespace ocirt::shim {

Moment WallClock::now() {
  timespec time{};
  (void)::clock_gettime(CLOCK_REALTIME, &time);  // can't fail: the clock exists
  if (time.tv_sec != known_second_) {
    tm local{};
    known_second_ = time.tv_sec;
    if (::localtime_r(&time.tv_sec, &local) != nullptr) {
      offset_s_ = static_cast<int32_t>(local.tm_gmtoff);
    }
  }
  return {.seconds = time.tv_sec,
          .nanoseconds = static_cast<int32_t>(time.tv_nsec),
          .offset_s = offset_s_};
}

int64_t monotonic_ns() {
  timespec time{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &time);  // can't fail: the clock exists
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int64_t monotonic_ms() {
  return monotonic_ns() / 1'000'000;
}

}  // namespace ocirt::shim
