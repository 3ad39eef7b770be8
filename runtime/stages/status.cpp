// What state a container is in, asked of the kernel each time. Runs in: every verb.
#include "runtime/stages/status.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "runtime/stages/cgroup.h"

namespace ocirt::stages {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::Creating:
      return "creating";
    case Status::Created:
      return "created";
    case Status::Running:
      return "running";
    case Status::Paused:
      return "paused";
    case Status::Stopped:
      return "stopped";
  }
  return "unknown";
}

Status status_of(const store::Found& found) {
  if (found.state.pid == 0) return found.being_made ? Status::Creating : Status::Stopped;
  const Result<sys::ProcessIdentity> identity = sys::identify_process(found.state.pid);
  if (!identity || identity->zombie || identity->start_time != found.state.pid_start_time) {
    return Status::Stopped;
  }
  if (const Result<bool> frozen = is_frozen(found.state.cgroup); frozen && *frozen) {
    return Status::Paused;
  }
  // The gate's socket is there until `start` is through.
  const bool waits =
      ::faccessat(found.directory.get(), store::kGateSocket, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  return waits ? Status::Created : Status::Running;
}

Result<Live> look(const store::Found& found) {
  // The pidfd first: what is then found under the pid is what the pidfd means, or it has ended.
  Live live;
  if (found.state.pid != 0) {
    Result<sys::Pidfd> init = sys::Pidfd::open(found.state.pid);
    if (!init) return live;
    live.init = std::move(*init);
  }
  live.status = status_of(found);
  if (live.status == Status::Stopped) live.init = {};
  return live;
}

}  // namespace ocirt::stages
