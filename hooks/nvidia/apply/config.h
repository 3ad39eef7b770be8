// What a container's config asks for, and how a plan is put into it.
#pragma once

#include <string>
#include <vector>

#include "hooks/nvidia/plan/plan.h"
#include "spec/config.h"

namespace ocirt::nvidia {

/// What `config` asks for, by its annotation and its environment. Borrows of the config.
RequestSource source_of(const spec::Config& config, Settings settings);

/// Adds the plan's devices with their rules, mounts and variables. Files come before all mounts of
/// the config, so that none of them is resolved through a volume; sockets come after them, since
/// /run is often one. Links and files of the plan have no place in a config.
void add_to_config(const Plan& plan, spec::Config& config);

/// Sets "NAME=value", and removes what was there of that name.
void set_variable(std::vector<std::string>& env, const std::string& variable);

}  // namespace ocirt::nvidia
