// On which processors a process may run.
#include "sys/processors.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <numeric>

namespace ocirt::sys {

namespace {

// By system call: the C library's cpu_set_t ends at 1,024 processors.
long set_affinity(const uint8_t* mask, size_t size) {
  return ::syscall(SYS_sched_setaffinity, 0, size, mask);
}

}  // namespace

Result<> run_on(std::span<const uint8_t> processors) {
  if (set_affinity(processors.data(), processors.size()) < 0) {
    return last_error("set the cpu affinity");
  }
  return {};
}

Result<> run_on_all_processors() {
  std::array<uint8_t, 1024> all{};
  all.fill(0xff);
  return run_on(all);
}

ProcessorPin ProcessorPin::take() {
  ProcessorPin pin;
  const long size = ::syscall(SYS_sched_getaffinity, 0, pin.before_.size(), pin.before_.data());
  const int processor = ::sched_getcpu();
  if (size <= 0 || processor < 0 || processor / 8 >= size) return pin;
  const int allowed =
      std::accumulate(pin.before_.begin(), pin.before_.begin() + size, 0,
                      [](int count, uint8_t byte) { return count + std::popcount(byte); });
  if (allowed < 2) return pin;
  std::array<uint8_t, 1024> here{};
  here[static_cast<size_t>(processor / 8)] = static_cast<uint8_t>(1U << (processor % 8));
  if (set_affinity(here.data(), static_cast<size_t>(size)) < 0) return pin;
  pin.size_ = static_cast<size_t>(size);
  return pin;
}

void ProcessorPin::let_go() const {
  // Fails when the cgroup joined since grants none of them, and then the pin is void, too.
  if (size_ > 0) (void)set_affinity(before_.data(), size_);
}

}  // namespace ocirt::sys
