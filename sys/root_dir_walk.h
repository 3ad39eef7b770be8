// Resolves a path below a directory component by component, and makes what is missing on the way.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// What to do where a component is missing.
enum class Missing {
  Fail,
  MakeDirectories,  // all of them
  MakeFile,         // the last as an empty file, those before it as directories
  MakeParent,       // all but the last, which is left alone whether it exists or not
};

struct WalkOptions {
  Missing missing = Missing::Fail;
  mode_t directory_mode = 0755;
  mode_t file_mode = 0644;
  bool follow_last = true;
};

struct Walked {
  UniqueFd parent;   // the directory that holds the last component; empty for the root itself
  std::string name;  // in it; never a link that should have been followed, never "." or ".."
  UniqueFd fd;       // O_PATH of it; empty for MakeParent
};

/// Walks from `root_fd`, which is "/" for absolute links and never left by "..". A component is
/// opened with O_PATH | O_NOFOLLOW in the fd of the one before it, and ".." goes back to an fd that
/// we hold: exchanging names meanwhile can lead to another place below the root, never out of it.
///
/// Errors: NotFound; System with ELOOP after 40 links, with ENOTDIR and the component's name for a
///         file on the way.
Result<Walked> walk(int root_fd, std::string_view path, const WalkOptions& options);

}  // namespace ocirt::sys
