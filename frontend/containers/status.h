// What a container is doing now: found out from the runtime, the exit record and the boot.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/containers/exit_record.h"
#include "frontend/containers/runtime.h"
#include "frontend/containers/store.h"
#include "frontend/model/record.h"
#include "sys/process.h"

namespace ocirt::containers {

enum class State {
  Created,      // never started
  Initialized,  // its init waits to be started
  Running,
  Paused,
  Exited,
};

/// As podman calls it: "created", "initialized", ...
std::string_view name_of(State state);

struct Status {
  State state = State::Created;
  pid_t pid = 0;                   // of its init; 0: none
  int64_t started_s = 0;           // since the epoch, if it runs
  std::optional<ExitRecord> exit;  // Exited; nothing if nobody saw its end
  std::string health;              // "healthy", ...; empty without a check, or if it doesn't run
  bool unclean = false;            // something of its last run is still there: clean_up() is due
};

/// Asks the runtime for this one.
Result<Status> find_status(const Store& store, const Runtime& runtime, const model::Record& record);

/// The same from the runtime's answer for all.
Status status_from(const Store& store, const std::map<std::string, RuntimeState>& known,
                   const model::Record& record);

/// The monitor of the container, if one lives.
struct Monitor {
  pid_t pid = 0;
  sys::Pidfd process;
};
std::optional<Monitor> find_monitor(const Roots& roots, const std::string& id);

/// What is kept of containers that went away with their end, for those who wait for them.
void keep_exit_code(const Roots& roots, const std::string& id, int code);
std::optional<int> find_kept_exit_code(const Roots& roots, const std::string& id);

}  // namespace ocirt::containers
