// Work on the files of a container, in a process of its own that may touch them: a plain user's has
// the store's ids, in a user namespace. Nothing is mounted where others see it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/model/record.h"
#include "sys/process.h"

namespace ocirt::containers {

/// Which files.
struct Tree {
  std::string directory;           // these; or else
  std::vector<std::string> lower;  // the topmost first, merged as the runtime merges them
  std::string upper;               // what is written goes here; empty: nothing is
  std::string work;
  pid_t init = 0;  // not 0: what this process of a running container has for its root
};

/// The container's own files. A running one's are those that its init sees, with what is mounted
/// there; else its layers, with `writable` to be changed.
Tree tree_of(const model::Record& record, const std::string& directory, pid_t init, bool writable);

/// Its image's files alone.
Tree image_tree_of(const model::Record& record);

/// A job under way. What goes in or out goes through pipes that the work holds.
class [[nodiscard]] TreeJob {
 public:
  TreeJob(sys::Child child, UniqueFd report)
      : child_(std::move(child)), report_(std::move(report)) {}
  /// Waits for its end. Errors: the work's.
  Result<> finish() &&;

 private:
  sys::Child child_;  // killed if nobody waits
  UniqueFd report_;
};

/// Gets the tree's root. Runs in: the job.
using TreeWork = std::function<Result<>(int root)>;

/// Starts `work` in a copy of this process, which has one thread. It should close its copies of the
/// pipes' other ends: `ours` are closed there.
Result<TreeJob> start_in_tree(const Tree& tree, const TreeWork& work,
                              const std::vector<int>& ours = {});

/// The same, to its end.
Result<> run_in_tree(const Tree& tree, const TreeWork& work);

}  // namespace ocirt::containers
