// What state a container is in, asked of the kernel each time. Runs in: every verb.
#pragma once

#include <string_view>

#include "base/result.h"
#include "runtime/store/container_dir.h"
#include "sys/process.h"

namespace ocirt::stages {

/// The spec's statuses (runtime.md#state), and paused, which engines know as well.
enum class Status { Creating, Created, Running, Paused, Stopped };

/// "creating", "created", ...
std::string_view name_of(Status status);

/// The status, and a pidfd of init unless it is stopped or still being made.
struct Live {
  Status status = Status::Stopped;
  sys::Pidfd init;
};

/// An init that is gone, is a zombie, or whose pid belongs to another process now, is stopped. For
/// who only tells of it.
Status status_of(const store::Found& found);

/// The same for who goes on to act on init.
Result<Live> look(const store::Found& found);

}  // namespace ocirt::stages
