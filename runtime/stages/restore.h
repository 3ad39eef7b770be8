// Makes a container of what `checkpoint` wrote. Runs in: the `restore` process.
#pragma once

#include <string>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/criu_request.h"
#include "runtime/stages/create.h"
#include "runtime/store/container_dir.h"
#include "sys/process.h"

namespace ocirt::stages {

struct RestoreRequest {
  CreateRequest create;  // the bundle, the id, where the terminal and the pid go
  plan::CriuOptions options;
  HostPath images;
  HostPath work;  // empty: the same
};

/// A container that runs again.
struct Restored {
  store::ContainerDir dir;  // committed
  store::State state;
  sys::Child init;    // not released yet
  UniqueFd terminal;  // its master, when nobody else took it
};

/// Restores the container, with the state directory and the cgroup of a new one. After an error
/// nothing of it is left.
Result<Restored> restore(const RestoreRequest& request);

}  // namespace ocirt::stages
