// Changes of an image's config, as import and commit take them after --change: a line of a
// Dockerfile each. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::archive {

/// Applies "CMD ...", "ENTRYPOINT ...", "ENV ...", "EXPOSE ...", "LABEL ...", "ONBUILD ...",
/// "STOPSIGNAL ...", "USER ...", "VOLUME ..." and "WORKDIR ..." to `config`, which is the member
/// "config" of an image's configuration. "CMD=..." is as good. Errors: InvalidConfig.
Result<> apply_changes(nlohmann::ordered_json& config, const std::vector<std::string>& changes);

}  // namespace ocirt::archive
