// Directories of small files that several processes use.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::network {

/// The names in a directory, sorted, without those that begin with a dot. None if it isn't there.
std::vector<std::string> names_in(const std::string& directory);

/// Makes the directory and those on its way, 0755.
Result<> make_directory(const std::string& path);

/// Opens it and holds its exclusive flock(2) until the fd is closed.
Result<UniqueFd> lock_directory(const std::string& path);

}  // namespace ocirt::network
