// Health checks: a command that is run in the container now and then.
//
// Without a daemon, and without asking systemd for timers, somebody must be there to run it: a
// process of its own for each container that has such a check, `ocictl container health-watch ID`.
// It is started with the container, sleeps between checks, and ends with the container's init.
// Whoever kills it loses the checks, and nothing else: `ocictl healthcheck run` does one at any
// time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/containers/launch.h"
#include "frontend/model/record.h"

namespace ocirt::containers {

/// One run of the command.
struct HealthProbe {
  int64_t start_ns = 0;  // since the epoch
  int64_t end_ns = 0;
  int exit_code = 0;
  std::string output;  // the beginning
  friend bool operator==(const HealthProbe&, const HealthProbe&) = default;
};

/// RUN/ID/health.json
struct HealthState {
  std::string status = "starting";  // or "healthy", "unhealthy"
  int failing_streak = 0;
  std::vector<HealthProbe> log;  // the latest five
  friend bool operator==(const HealthState&, const HealthState&) = default;
};

/// Whether the record has a check that isn't switched off.
bool has_health_check(const model::Record& record);

/// What the checks said so far; nothing for a container without, or that doesn't run.
std::optional<HealthState> read_health(const Roots& roots, const model::Record& record);

/// What a probe makes of the state, `running_ns` after the container was started. Pure.
HealthState after_probe(HealthState state, const HealthProbe& probe,
                        const model::HealthCheck& check, int64_t running_ns);

/// Runs the command once, and keeps what came of it. Errors: BadState if the container doesn't run.
Result<HealthState> check_health(const Engine& engine, const model::Record& record);

/// Starts the process that checks again and again; nothing for a container without a check.
Result<> start_health_watch(const Engine& engine, const model::Record& record);

/// What that process does, until the container's init has ended.
Result<> watch_health(const Engine& engine, const model::Record& record);

}  // namespace ocirt::containers
