// The directories of an image that lies in another user's store, made anew as the caller's: the
// topmost layer of his containers.
//
// The ids of the other user's files aren't mapped in the caller's user namespace: they are nobody's
// there, and overlayfs copies nothing up that is. But a directory above them decides alone who may
// make, replace and remove what is in it. So with directories of his own a container can write
// everywhere, and only what others have made can't be changed in place.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::containers {

/// Makes `directory` and fills it with the directories that `layers`, the topmost first, show
/// together. Owners and modes are those that the store remembers (user.containers.override_stat).
Result<> make_skeleton(const std::string& directory, const std::vector<std::string>& layers);

}  // namespace ocirt::containers
