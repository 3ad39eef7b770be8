// What happens when a container has ended, whoever notices it first.
#pragma once

#include <sys/types.h>

#include <optional>

#include "base/result.h"
#include "frontend/containers/launch.h"
#include "frontend/containers/status.h"

namespace ocirt::containers {

/// Takes down what the last run left: network, the runtime's container, RUN/ID. Under the lock.
/// What isn't there is no error.
Result<> clean_up(const Engine& engine, const model::Record& record);

/// Whether --restart wants it to run again, after an end with this code.
bool wants_restart(const model::Record& record, int exit_code);

/// After the end of the run whose monitor was `monitor`: cleans up, removes (--rm) or restarts
/// (--restart). Does nothing where another has done it already. Takes the lock.
Result<> finish(const Engine& engine, const std::string& id, pid_t monitor);

/// Makes true on disk what is true: cleans up after a monitor that was killed, or a boot that is
/// over, and removes what --rm should have. Where the lock is free, and without waiting. `status`
/// learns what a killed monitor didn't record. Returns false when the container is gone now.
bool heal(const Engine& engine, const model::Record& record, Status& status);

/// Removes the container, its anonymous volumes if `with_volumes`. Under the lock; it must not run.
Result<> remove(const Engine& engine, const model::Record& record, bool with_volumes);

}  // namespace ocirt::containers
