// Checks a Config against the rules of the OCI runtime spec that types can't express. Pure.
#pragma once

#include <vector>

#include "spec/config.h"
#include "spec/parse.h"

namespace ocirt::spec {

/// Everything that is wrong with `config` in itself, whatever the host: missing fields, unknown
/// values, contradictions. In document order; empty when it is valid.
std::vector<Finding> find_problems(const Config& config);

/// The same for a process alone (`exec --process`); pointers start at its own root.
std::vector<Finding> find_problems(const Process& process);

/// The same for resources alone (`update --resources`); pointers start at their own root.
std::vector<Finding> find_problems(const Resources& resources);

/// Fails with all of `find_problems` in one InvalidConfig error.
Result<> validate(const Config& config);

}  // namespace ocirt::spec
