// What state a container is in, asked of the kernel each time. Runs in: every verb.
#include "runtime/stages/status.h"

#include <fcntl.h>
#include <unistd.h>

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

Result<Live> look(const store::Found& found) {
  if (found.state.pid == 0) {
    return Live{.status = found.being_made ? Status::Creating : Status::Stopped, .init = {}};
  }
  // The pidfd first: what is then found under the pid is what the pidfd means, or it has ended.
  Result<sys::Pidfd> init = sys::Pidfd::open(found.state.pid);
  if (!init) return Live{};
  const Result<sys::ProcessIdentity> identity = sys::identify_process(found.state.pid);
  if (!identity || identity->zombie || identity->start_time != found.state.pid_start_time) {
    return Live{};
  }
  Live live{.status = Status::Running, .init = std::move(*init)};
  // The gate's socket is there until `start` is through.
  if (::faccessat(found.directory.get(), store::kGateSocket, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    live.status = Status::Created;
  }
  if (const Result<bool> frozen = is_frozen(found.state.cgroup); frozen && *frozen) {
    live.status = Status::Paused;
  }
  return live;
}

}  // namespace ocirt::stages
