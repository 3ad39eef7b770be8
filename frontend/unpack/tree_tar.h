// Writes a tree of files as a tar stream: for commit, export and cp of containers.
// Runs in: helper, or any process that may read the tree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/unpack/store_ids.h"

namespace ocirt::unpack {

struct TreeTarOptions {
  /// Overlayfs' whiteouts and opaque directories, of an upper directory, become those of OCI
  /// (".wh.NAME", ".wh..wh..opq"). Otherwise they are the files that they are.
  bool translate_whiteouts = false;
  /// What `name` is called in the archive; "" for a directory: its entries stand at the top, and
  /// itself is "./".
  std::string as;
  /// How ids are in the archive: `outside` is the id that a file has here, `inside` the one that is
  /// written. Empty: ids are written as they are. An id that no range has is an error.
  std::vector<IdRange> uids;
  std::vector<IdRange> gids;
  /// Owners and modes stand in user.containers.override_stat, as a store of a single id keeps them.
  /// In any other store the xattr is what a container's user wrote, and says nothing.
  bool owners_are_aside = false;
  /// Files and directories below other mounts are left out, the mount points are not.
  bool one_file_system = false;
};

/// Writes what lies at `name` in the directory `parent` ("." for the directory itself), and all
/// below it, sorted by name: hard links, sparse files, xattrs (user.*, security.capability),
/// owners, times to the nanosecond. Sockets are left out. No link is followed. A file that grows or
/// shrinks meanwhile has the size that it had.
Result<> write_tree_tar(int parent, const char* name, int output, const TreeTarOptions& options);

}  // namespace ocirt::unpack
