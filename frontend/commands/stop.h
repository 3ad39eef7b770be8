// Stopping a container, for the verbs that need it stopped.
#pragma once

#include <optional>

#include "base/result.h"
#include "frontend/containers/launch.h"
#include "frontend/containers/status.h"

namespace ocirt::frontend {

/// Asks it to end, kills it after `patience_s` (the container's own if none is given), and returns
/// when it is cleaned up. What doesn't run is left alone.
Result<> stop_container(const containers::Engine& engine, const model::Record& record,
                        const containers::Status& status, std::optional<unsigned> patience_s);

}  // namespace ocirt::frontend
