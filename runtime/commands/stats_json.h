// The statistics of a container as runc's `events` prints them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "runtime/stages/cgroup_stats.h"
#include "runtime/stages/rdt_stats.h"

namespace ocirt::commands {

/// One line: {"type":"stats","id":..,"data":{..}}, in the shape that runc's types.Stats has: what
/// is 0 there and marked so is left out.
std::string stats_event(std::string_view id, const stages::CgroupStats& stats,
                        const stages::RdtStats& rdt);

/// One line: {"type":"oom","id":..}
std::string oom_event(std::string_view id);

}  // namespace ocirt::commands
