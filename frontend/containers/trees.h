// Removing what containers wrote, also where its files have ids that only their user namespace may
// touch.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::containers {

/// Removes `name` in `parent` with all below it: by ourselves, and where that is forbidden by a
/// process in a user namespace with the store's ids.
Result<> remove_files(int parent, const std::string& name);

/// The names in a directory that begin with a dot, but "." and "..".
std::vector<std::string> hidden_names(int directory);

}  // namespace ocirt::containers
