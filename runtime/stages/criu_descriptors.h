// The open files of a container that lead out of it, and are given anew at restore. Runs in: the
// `checkpoint` and `restore` processes.
//
// They are named in "descriptors.json" beside the images, as runc and crun do: first stdin, stdout
// and stderr of the first process, then (ours alone) null devices of the host that others hold.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/mount_table.h"
#include "runtime/store/state.h"

namespace ocirt::stages {

/// "pipe:[4711]", "file[1f:2a]" (mount and inode, as CRIU names files that are not its business),
/// or else a path that CRIU finds by itself.
Result<std::vector<std::string>> find_descriptors(const store::State& state,
                                                  std::span<const plan::MountedTree> of_container);

/// Does it name a file that CRIU has to be told about?
bool is_external_file(const std::string& name);

Result<> write_descriptors(int images, const std::vector<std::string>& names);

/// Errors: NotFound when the directory has no checkpoint in it.
Result<std::vector<std::string>> read_descriptors(int images);

}  // namespace ocirt::stages
