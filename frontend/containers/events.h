// What happened to containers: one line of JSON for each event, appended to ROOT/events by whoever
// did it or found it out. Nobody waits for it, and no state depends on it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/containers/places.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

struct Event {
  int64_t time_ns = 0;  // since the epoch
  std::string type = "container";
  std::string status;  // "create", "start", "died", "remove", ...
  std::string id;
  std::string name;
  std::string image;                          // its name
  std::map<std::string, std::string> labels;  // of the container
  std::optional<int> exit_code;               // of "died"
  friend bool operator==(const Event&, const Event&) = default;
};

/// Appends the event. Errors are nobody's concern: it is left out then.
void tell_event(const Roots& roots, const model::Record& record, std::string_view status,
                std::optional<int> exit_code = std::nullopt);

/// Reads events as they come: first those that are there, the oldest first.
class EventReader {
 public:
  explicit EventReader(const Roots& roots) : root_(roots.store) {}

  /// Those since the last call.
  std::vector<Event> read_new();
  /// Waits until there may be more, at most that long.
  [[nodiscard]] Result<> wait(int timeout_ms);

 private:
  std::string root_;
  uint64_t inode_ = 0;  // of the file that is read; a new one takes its place when it is full
  uint64_t offset_ = 0;
  UniqueFd watch_;
};

}  // namespace ocirt::containers
