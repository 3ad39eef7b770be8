// The process that touches the files of layers. It is started before ocictl reads any secret, lives
// in a user namespace with the store's ids, without a network and with nothing but one directory of
// the store for a root, and forks one process for each job.
//
//   ocictl                         helper                          one process for each job
//   HelperJob + fds     ─────►     forks                ─────►     confined to the layer's
//   directory the layer's bytes   ──────────────── pipe ──────────────►      files JobResult
//   ◄─────────────── socket ─────────────      ends
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_tar.h"
#include "frontend/unpack/unpack_layer.h"
#include "sys/process.h"

namespace ocirt::unpack {

/// The fds of a layer to be unpacked; all stay the caller's.
struct UnpackFds {
  int tree = -1;   // the directory that becomes the layer
  int split = -1;  // a file to write
  int lock = -1;   // locked (flock(2)); the job holds it until it has ended, even if we die
};

/// A job under way.
struct Job {
  UniqueFd bytes;   // the pipe to (unpack) or from (tar) the job
  UniqueFd result;  // readable when the job has ended
};

class Helper {
 public:
  /// Starts the process. `workspace` is the directory below which layers are unpacked.
  /// Runs in: ocictl, while it has one thread.
  static Result<Helper> start(const StoreIds& ids, int workspace);

  /// Unpacks what is written to the job's pipe, up to its end. The tree lies in the workspace.
  Result<Job> unpack(const UnpackFds& fds, const Limits& limits);

  /// Writes the tar stream of a layer to the job's pipe, from its tree and its split file.
  Result<Job> write_tar(int tree, int split);

  /// Writes what lies at `name` in `parent` as a new tar stream to the job's pipe, with the ids
  /// that files have in the store (tree_tar.h): `options` has no ranges of its own.
  Result<Job> write_tree_tar(int parent, const std::string& name, const TreeTarOptions& options);

  /// Brings all of a directory's file system to its disk (syncfs(2)).
  Result<Job> sync(int directory);

  /// Removes the tree `name` in the directory `parent`.
  Result<> remove(int parent, const std::string& name);

  [[nodiscard]] const StoreIds& ids() const { return ids_; }

 private:
  Helper(sys::Child child, UniqueFd socket, StoreIds ids, std::string workspace)
      : child_(std::move(child)),
        socket_(std::move(socket)),
        ids_(std::move(ids)),
        workspace_(std::move(workspace)) {}

  sys::Child child_;  // killed with us
  UniqueFd socket_;
  StoreIds ids_;
  std::string workspace_;  // its path
};

/// What an unpacking job has to say, once its result is readable.
Result<Unpacked> take_unpacked(const Job& job);
/// The same of any other job.
Result<> take_done(const Job& job);

}  // namespace ocirt::unpack
