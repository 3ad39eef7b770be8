// How fast output comes through a pipe, and what is done about it.
#include "shim/flow.h"

#include <fcntl.h>

#include <ctime>
#include <utility>

#include "shim/clock.h"

namespace ocirt::shim {
namespace {

// Reads that follow one another within this time are quick.
constexpr int64_t kAtOnce_ns = 200'000;
// So many quick reads one after the other are a payload that writes line after line.
constexpr int kManyReads = 16;
// A read of so many bytes needs no waiting for more, and more of its kind a wider pipe.
constexpr size_t kEnough = 16 * 1024;
// What a quick writer of lines writes in less time than it takes to wake us, and some more.
constexpr int kWide = 256 * 1024;
constexpr timespec kMoment{.tv_sec = 0, .tv_nsec = 200'000};

}  // namespace

void Flow::note(int pipe, size_t got) {
  const int64_t now = monotonic_ns();
  const bool is_quick = now - std::exchange(last_read_ns_, now) < kAtOnce_ns;
  quick_reads_ = is_quick ? quick_reads_ + 1 : 0;
  const bool is_line_after_line = quick_reads_ >= kManyReads && got < kEnough;
  if (!is_wide_ && (got >= kEnough || is_line_after_line)) {
    is_wide_ = true;  // whatever comes of it: a terminal has no size, and a user's pipes a limit
    former_size_ = ::fcntl(pipe, F_GETPIPE_SZ);
    if (former_size_ >= kWide || ::fcntl(pipe, F_SETPIPE_SZ, kWide) < 0) former_size_ = 0;
  }
  if (!is_line_after_line) return;
  (void)::nanosleep(&kMoment, nullptr);
  last_read_ns_ = monotonic_ns();
}

void Flow::narrow(int pipe) {
  // EBUSY where more is in it than would fit: it comes to rest once more, later.
  if (former_size_ > 0 && ::fcntl(pipe, F_SETPIPE_SZ, former_size_) < 0) return;
  former_size_ = 0;
  is_wide_ = false;
}

}  // namespace ocirt::shim
