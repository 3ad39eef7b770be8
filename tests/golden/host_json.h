// Reads HostFacts that a golden case writes down as JSON. Tests only.
#pragma once

#include <nlohmann/json.hpp>

#include "runtime/plan/host_facts.h"

namespace ocirt::golden {

/// Every key is a field of HostFacts; what is left out has the default of the struct. Capabilities
/// are "all" or a list of names. An unknown key ends the test program: it would be a typing error.
plan::HostFacts read_host_facts(const nlohmann::json& host);

}  // namespace ocirt::golden
