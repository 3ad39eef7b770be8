// Starts containers and programs in them, through the monitor. Runs in: ocictl.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "base/result.h"
#include "frontend/bundle/host_view.h"
#include "frontend/bundle/settings.h"
#include "frontend/containers/runtime.h"
#include "frontend/containers/store.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

/// What belongs to one container and all that is done with it.
struct Engine {
  const Store& store;
  const Runtime& runtime;
  const bundle::Settings& settings;
};

struct Launched {
  pid_t init = 0;
  pid_t monitor = 0;
};

/// Makes the container up to its gate: config, monitor, runtime, network. Under the lock; whatever
/// was left of a former run must have been cleaned up. On failure nothing is left running.
///
/// Errors: with kRuntimeStage what the runtime said; others are ours.
Result<Launched> launch(const Engine& engine, model::Record& record);

/// Where the bundle's files lie, and the inits of containers whose namespaces it joins.
/// Errors: BadState where such a container doesn't run.
Result<bundle::Places> places_of(const Engine& engine, const model::Record& record);

/// Opens the gate: the container's program runs.
Result<> open_gate(const Engine& engine, const model::Record& record);

/// A program in a running container.
struct Session {
  std::string id;
  std::string directory;  // RUN/ID/exec/SESSION: attach, ctl, process.json, exit.json
  bool terminal = false;
  bool open_stdin = false;
};

struct StartedSession {
  pid_t program = 0;
  UniqueFd sync;  // where the exit code comes
};

/// Starts the monitor of a session whose process.json is written. `attach`, if there is one, is
/// called when clients can connect, before the program runs. Errors: as launch().
Result<StartedSession> start_session(const Engine& engine, const model::Record& record,
                                     const Session& session,
                                     const std::function<Result<>()>& attach);

/// Waits for the session's end. Returns its exit code.
Result<int> wait_for_session(const StartedSession& started);

}  // namespace ocirt::containers
