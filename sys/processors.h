// On which processors a process may run. Knows no OCI word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace ocirt::sys {

/// sched_setaffinity(2) of this process: byte n / 8, bit n % 8 is processor n.
Result<> run_on(std::span<const uint8_t> processors);

/// Lets this process run on every processor that its cgroup grants, whatever it inherited.
Result<> run_on_all_processors();

/// Keeps a process, and those it clones, on the processor that it is on now. Processes that work in
/// turns gain by it: the next one finds a warm cache, and needn't wait until an idle processor has
/// woken up (docs/decisions/0009 has the figures).
class ProcessorPin {
 public:
  ProcessorPin() = default;

  /// Errors are none: where it can't be done, nothing is pinned.
  static ProcessorPin take();

  [[nodiscard]] explicit operator bool() const { return size_ > 0; }

  /// In the process that took it or in one cloned since: may run again where it could before.
  void let_go() const;

 private:
  // 8,192 processors: NR_CPUS of the largest kernels.
  std::array<uint8_t, 1024> before_{};
  size_t size_ = 0;  // bytes; 0: nothing is pinned
};

}  // namespace ocirt::sys
