// Watches for processes that are killed for want of memory. Runs in: the process of events.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Tells when the kernel runs out of memory that a container may use, from when it is opened on.
class [[nodiscard]] OomWatch {
 public:
  /// Without a memory controller there is nothing to watch, and fd() is -1.
  static Result<OomWatch> open(std::span<const plan::CgroupDirectory> directories);

  /// Readable when something may have happened; for poll(2).
  [[nodiscard]] int fd() const { return news_.get(); }

  /// Has it happened since the last call? Doesn't block. May also be asked when the container has
  /// ended; once its cgroup is gone v2 doesn't know any more.
  bool take();

 private:
  static Result<OomWatch> open_v1(const std::string& cgroup);
  static Result<OomWatch> open_v2(const std::string& cgroup);
  [[nodiscard]] uint64_t count_kills() const;
  bool take_v1();
  bool take_v2();

  UniqueFd news_;             // v1: an eventfd; v2: inotify on memory.events
  UniqueFd events_;           // v2: memory.events itself
  std::string control_path_;  // v1: gone when the cgroup is
  uint64_t kills_ = 0;        // v2: counted so far
};

}  // namespace ocirt::stages
