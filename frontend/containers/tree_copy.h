// Files from one tree to another, as a tar stream between two processes.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "frontend/containers/tree_job.h"
#include "frontend/unpack/tar_reader.h"

namespace ocirt::containers {

/// Makes of an entry what it is to be where it goes. False: it is left out, as is what it holds.
using ChangeEntry = std::function<bool(unpack::TarEntry&)>;

/// Makes the files of the archive that comes from `input` in `directory`. Nothing outside of it is
/// touched, whatever the archive holds. Reads to the input's end.
/// Errors: InvalidConfig for what is wrong with the archive.
Result<> extract_tar(int input, int directory, const ChangeEntry& change);

/// All that is in `path` of one tree becomes the content of the directory `to`, its owners and
/// modes too. Returns false if there is no such directory.
Result<bool> copy_directory(const Tree& from, const std::string& path, const Tree& to);

}  // namespace ocirt::containers
