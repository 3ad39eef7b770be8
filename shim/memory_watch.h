// Notices when the kernel kills a process of the container for want of memory.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/unique_fd.h"
#include "shim/loop.h"

namespace ocirt::shim {

class MemoryWatch {
 public:
  /// Looks up the cgroup of `payload`. A host without a memory controller is nothing special.
  void open(pid_t payload, Loop& loop);

  /// Has a kill happened since open(), or since the last call that said so?
  bool has_killed();

  /// v1 tells of a want of memory before anything is killed and counted.
  [[nodiscard]] bool is_told_early() const { return static_cast<bool>(event_); }

 private:
  bool open_v2(const std::string& path, Loop& loop);
  bool open_v1(const std::string& path, Loop& loop);
  [[nodiscard]] std::optional<uint64_t> kills() const;

  UniqueFd counts_;  // memory.events (v2) or memory.oom_control (v1)
  UniqueFd event_;   // v1: an eventfd that the kernel adds to
  uint64_t known_kills_ = 0;
};

}  // namespace ocirt::shim
