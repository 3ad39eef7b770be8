// Makes, enters, freezes, kills and removes the container's cgroups, as the plan or the state file
// names them. Runs in: creator, and the processes of the other verbs.
#pragma once

#include <sys/types.h>

#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// What the creator holds of the container's cgroups.
struct CgroupHandles {
  /// The directory of the v2 tree, for clone3's CLONE_INTO_CGROUP; held where the plan says
  /// `clone_into`.
  UniqueFd v2;
  /// `cgroup.procs` of each directory, open for writing, in the order of the plan's directories.
  /// Holds no fd where init is born into the directory.
  std::vector<UniqueFd> procs;
  /// The same file of the cgroup that the payload manages, for init to go there; if there is one.
  UniqueFd delegated;
};

// --- while a container or a process in it is made ----------------------------------------------

/// Makes the container's cgroups, sets their limits and installs the device filter. An existing
/// cgroup is used if no process is in it; what was made is removed again on failure.
///
/// Runs in: creator, before the clone.
/// Errors:  AlreadyExists when the cgroup holds processes of somebody else, Denied or System for
///          what the kernel refuses, with file and value in the text.
Result<CgroupHandles> make_cgroup(const plan::CgroupPlan& plan);

/// Makes one directory with its missing parents, ready for processes. Used by what makes cgroups.
Result<> make_unshared_directory(const plan::CgroupDirectory& directory);

/// The same below the unit in which systemd has put `init`, and puts it further down into the
/// container's own cgroup. What is made is the caller's to remove.
///
/// Runs in: creator, after the clone.
/// Returns: what CgroupHandles::delegated would hold.
Result<UniqueFd> make_cgroup_in_unit(const plan::CgroupPlan& plan, pid_t init);

/// Makes the cgroup that the payload manages, and opens its `cgroup.procs`: holds no fd where none
/// was asked for.
///
/// Runs in: creator, before init is told of its cgroup.
Result<UniqueFd> make_delegated_cgroup(const plan::CgroupPlan& plan);

/// Lets that cgroup have its controllers. Before, they are the container's own cgroup's, which
/// hands none down while a process is in it (cgroups(7), "no internal processes").
///
/// Runs in: creator, when init has moved on.
Result<> hand_down_to_delegated(const plan::CgroupPlan& plan);

/// Opens the cgroups of a container that runs, for `exec`.
Result<CgroupHandles> open_cgroup(std::span<const plan::CgroupDirectory> directories,
                                  bool clone_into);

/// Moves the v2 directory on to the cgroup below it where the process `pid` is. False, with nothing
/// changed, when that isn't below it, or when nothing is known of the process.
bool follow_into_v2(std::vector<plan::CgroupDirectory>& directories, pid_t pid);

/// Puts `pid` into every directory that it wasn't born into.
///
/// Runs in: creator, after the clone; before the process unshares its cgroup namespace.
Result<> enter_cgroup(std::span<const plan::CgroupDirectory> directories,
                      const CgroupHandles& handles, pid_t pid);

inline Result<> enter_cgroup(const plan::CgroupPlan& plan, const CgroupHandles& handles,
                             pid_t pid) {
  return enter_cgroup(plan.directories, handles, pid);
}

// --- on a container that exists: directories as the state file records them --------------------

/// All processes in the cgroup and below it, in our pid namespace; sorted, each once. Empty when
/// the cgroup is gone.
Result<std::vector<pid_t>> cgroup_pids(std::span<const plan::CgroupDirectory> directories);

/// Kills every process in the cgroup and below it, and thaws what was frozen. A process that forks
/// at the same time doesn't escape. Doesn't wait for their end. No error when the cgroup is gone.
Result<> kill_cgroup(std::span<const plan::CgroupDirectory> directories);

/// Sends `signal` once to every process in the cgroup and below it.
Result<> signal_cgroup(std::span<const plan::CgroupDirectory> directories, int signal);

/// Stops every process in the cgroup and below it; returns when all have stopped.
///
/// Errors: Unsupported without a freezer (v1 without that hierarchy, or no cgroup of our own),
///         System when they haven't stopped after ten seconds; they run again then.
Result<> freeze_cgroup(std::span<const plan::CgroupDirectory> directories);
Result<> thaw_cgroup(std::span<const plan::CgroupDirectory> directories);
Result<bool> is_frozen(std::span<const plan::CgroupDirectory> directories);

/// Removes the cgroup and what the container made below it. Processes that are still dying are
/// waited for, at most ten seconds. No error when the cgroup is gone.
Result<> remove_cgroup(std::span<const plan::CgroupDirectory> directories);

/// The same for cgroups that may lie in a unit of systemd's, and returns when that is gone too.
Result<> remove_cgroup_and_unit(std::span<const plan::CgroupDirectory> directories,
                                const plan::UnitReference& unit);

/// Writes limits into a cgroup that exists. `writes` index `directories`.
///
/// Errors: as make_cgroup; writes before the one that failed stay in force.
Result<> apply_resources(std::span<const plan::CgroupDirectory> directories,
                         std::span<const plan::CgroupWrite> writes);

}  // namespace ocirt::stages
