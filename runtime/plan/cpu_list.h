// Reads lists of processors, or of memory nodes, such as "0-3,7". Pure.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/plan/plan.h"

namespace ocirt::plan {

/// The processors that `text` lists (cpuset(7), list format: numbers and ranges between commas); no
/// value when it is no such list, or names a processor that no kernel has.
std::optional<CpuSet> parse_cpu_list(std::string_view text);

}  // namespace ocirt::plan
