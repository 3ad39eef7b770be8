// What a container has changed of its image's files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

struct Change {
  char kind = 'C';   // 'A' added, 'C' changed, 'D' deleted
  std::string path;  // "/etc/passwd"
  friend bool operator==(const Change&, const Change&) = default;
};

/// In the order of paths; without what the runtime makes itself: places to mount on, /etc/hosts and
/// its like. `directory` is the container's. Errors: Unsupported with --rootfs.
Result<std::vector<Change>> find_changes(const model::Record& record, const std::string& directory);

}  // namespace ocirt::containers
