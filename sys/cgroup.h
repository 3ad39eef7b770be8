// Cgroup directories: their processes, children and events. Knows no OCI word.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

enum class CgroupVersion { None, V1, V2 };

/// Which cgroup file system `path` lies on. None when it isn't one, or isn't there.
CgroupVersion cgroup_version(const std::string& path);

/// Whether we may make children in the cgroup at `path`, and move processes there.
bool may_divide_cgroup(const std::string& path);

/// Makes the cgroup at `path`. False if it was there.
Result<bool> make_cgroup(const std::string& path);

/// Gives the cgroup behind `cgroup` to `owner`: the directory, and the files that the kernel names
/// as safe to hand on (cgroups(7), delegation).
Result<> give_cgroup(int cgroup, uid_t owner);

/// Opens a cgroup's directory. `directory` may be AT_FDCWD. Errors: NotFound when it is gone.
Result<UniqueFd> open_cgroup(int directory, const std::string& path);

/// All cgroups below it, as paths from it ("a", "a/b"), each after its parent. A list instead of a
/// recursion: how deep the tree is, its owner decides, who may be hostile.
Result<std::vector<std::string>> descendant_cgroups(int cgroup);

/// The names of the cgroup's own files.
Result<std::vector<std::string>> cgroup_files(int cgroup);

/// Adds the processes in the cgroup and below it to `pids`, as our pid namespace numbers them. What
/// goes away while we look has none.
Result<> add_cgroup_pids(int cgroup, std::vector<pid_t>& pids);

/// The value of `key` in a file of lines "key value"; empty when there is none.
std::string cgroup_value(std::string_view text, std::string_view key);

/// Waits until the v2 cgroup's `cgroup.events` says that `key` is `value`. False when `timeout_ms`
/// was over first. A cgroup that goes away meanwhile is an error with ENODEV or ENOENT.
Result<bool> wait_for_cgroup_event(int cgroup, std::string_view key, std::string_view value,
                                   int timeout_ms);

/// Removes the cgroup at `path` if it is empty; else nothing happens.
void remove_empty_cgroup(const std::string& path);

/// Removes the directory at `path`, what is below it first. False if processes are still in it.
Result<bool> remove_cgroup_tree(const std::string& path);

}  // namespace ocirt::sys
