// Networks by pasta(1).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::network {

/// Starts pasta for the namespace of `init`, and notes its process in `state`.
Result<> attach_pasta(const model::Record& record, const Directories& where, pid_t init,
                      NetworkState& state);

/// Its command line's words: pure.
std::vector<std::string> pasta_words(const model::Record& record, const std::string& pid_file,
                                     pid_t init);

}  // namespace ocirt::network
