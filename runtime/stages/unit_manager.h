// Asks systemd for units, by the program ocirt-systemd. Runs in: creator, and the processes of
// delete and update.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"
#include "sys/process.h"

namespace ocirt::stages {

/// A program of ours that is connected to the manager of `unit.bus`, or about to be. Killed when it
/// goes.
class UnitManager {
 public:
  UnitManager() = default;

  /// Starts the program, which connects while the caller does other things.
  ///
  /// Errors: Unsupported when the program isn't installed.
  static Result<UnitManager> start(const plan::UnitReference& unit);

  /// Asks for the scope of `plan` with the process `pid` in it; await_answer() tells how it went.
  /// Meanwhile the caller can do other things.
  Result<> request_scope(const plan::UnitPlan& plan, pid_t pid);

  /// Asks for other values of properties.
  Result<> request_change(const plan::UnitReference& unit,
                          std::span<const plan::UnitProperty> properties);

  /// Asks for the end of a unit, and of all processes in it; or only if there are none.
  Result<> request_stop(const plan::UnitReference& unit, bool only_if_empty);

  /// Waits until what was asked for is done. Errors: as plan::explain_bus_error() tells.
  Result<> await_answer();

 private:
  Result<> request(const plan::UnitReference& unit, const std::vector<std::string>& words);

  plan::UnitReference unit_;  // of the request
  UniqueFd socket_;
  sys::Child program_;
};

/// Gives a container's unit other limits, as `update` does: those that systemd knows of `writes`,
/// which the caller writes to the container's own cgroup by apply_resources(). Both have to be
/// done: systemd writes the unit's again with each daemon-reload. Nothing happens for a container
/// without a unit.
Result<> update_unit(const plan::UnitReference& unit, std::span<const plan::CgroupWrite> writes);

/// Waits until a unit without processes is gone: systemd forgets it by itself, usually within a
/// millisecond. Where it doesn't, it is told to. `directory` is the unit's cgroup, which only
/// systemd may remove: it finds out from the cgroup's files that it has become empty, and would
/// never do so of one that is gone.
Result<> await_end_of_unit(const plan::UnitReference& unit, const std::string& directory);

/// Stops a unit that a creator may have asked for before it was killed. If it has processes, it is
/// another container's, and stays.
Result<> stop_abandoned_unit(const plan::UnitReference& unit);

}  // namespace ocirt::stages
