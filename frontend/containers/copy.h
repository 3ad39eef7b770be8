// Copies files between containers and the host, by podman's rules for what goes where.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "frontend/containers/tree_job.h"

namespace ocirt::containers {

/// One end of a copy.
struct Place {
  Tree tree;         // the host's is {.directory = "/"}
  std::string path;  // absolute; "/." at its end: what is in it, not itself
  std::string name;  // how the user wrote it, for errors
};

struct CopyOptions {
  /// Whom the copies belong to; by those ids inside where they go. -1: whom they belonged to.
  int64_t uid = 0;
  int64_t gid = 0;
  bool overwrite = false;  // a directory in a file's place, and the other way round
};

/// A file or directory. It goes into a directory that exists, else it gets the new name.
///
/// Links on the way, and as the last part, end inside of their tree. Errors: NotFound.
Result<> copy(const Place& from, const Place& to, const CopyOptions& options);

/// The same, of or to a tar archive at an fd. To: into a directory that must exist.
Result<> copy_to_archive(const Place& from, int output);
Result<> copy_from_archive(int input, const Place& to, const CopyOptions& options);

}  // namespace ocirt::containers
