// Makes a container and, for `run`, starts it. Runs in: creator.
#pragma once

#include <memory>
#include <string>

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/plan.h"
#include "runtime/store/container_dir.h"
#include "spec/config.h"
#include "sys/process.h"

namespace ocirt::stages {

struct CreateRequest {
  plan::CreateOptions options;
  HostPath state_root;
  HostPath config_file;        // empty: config.json of the bundle
  std::string console_socket;  // empty: none
  std::string pidfd_socket;    // empty: none
  std::string pid_file;        // empty: none
};

/// A bundle, read and checked.
struct Bundle {
  std::string text;  // config.json as it was read
  std::string_view seccomp_source;
  spec::Config config;
};

/// Stages Read and Validate.
Result<std::unique_ptr<Bundle>> read_bundle(const CreateRequest& request);

/// What is recorded of a container that is about to be made, or restored. Without its cgroup where
/// systemd makes it: who found us killed would kill in another container's. In our own there is
/// only init then, which dies with us.
store::State initial_state(const plan::CreatePlan& plan);

/// A container whose init waits at the gate (`create`) or for our word (`run`).
struct Created {
  store::ContainerDir dir;
  store::State state;
  plan::CreatePlan plan;
  sys::Child init;             // not released yet
  UniqueFd creator_end;        // the conversation with init
  UniqueFd terminal;           // master of the payload's terminal, when nobody else took it
  bool told_to_start = false;  // init has start_created()'s word already
};

enum class Gate {
  ForStart,  // init listens for `ocirt start`
  ForRun,    // init waits for start_created()
};

/// Everything up to status "created", with all that is needed to undo it on failure.
Result<Created> create(const CreateRequest& request, Gate gate);

/// Tells init, which create(…, Gate::ForRun) made, to go on, and waits until execve worked. Then
/// runs the poststart hooks. After an error the container has to be removed.
Result<> start_created(Created& created);

}  // namespace ocirt::stages
