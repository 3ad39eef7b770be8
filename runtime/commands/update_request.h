// The limits that `update` is to set, from its command line.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/commands/command_line.h"
#include "spec/config.h"

namespace ocirt::commands {

// Those of runc and crun.
inline constexpr std::array<Option, 19> kUpdateOptions = {{
    {.name = "resources",
     .short_name = 'r',
     .value_name = "FILE",
     .help = "the limits as a resources object in JSON; -: from stdin. Other options are ignored"},
    {.name = "blkio-weight", .value_name = "N", .help = "weight of disk access, 10 to 1000"},
    {.name = "cpu-period", .value_name = "US", .help = "period of the quota in us; 0: 100000"},
    {.name = "cpu-quota", .value_name = "US", .help = "processor time in a period; -1: no limit"},
    {.name = "cpu-burst", .value_name = "US", .help = "unused time that may be saved up"},
    {.name = "cpu-share", .value_name = "N", .help = "weight of processor time, 2 to 262144"},
    {.name = "cpu-rt-period", .value_name = "US", .help = "the same for real time (cgroup v1)"},
    {.name = "cpu-rt-runtime", .value_name = "US", .help = "the same for real time (cgroup v1)"},
    {.name = "cpu-idle", .value_name = "N", .help = "1: only runs when nothing else does; 0"},
    {.name = "cpuset-cpus", .value_name = "LIST", .help = "processors to run on: 0-3,7"},
    {.name = "cpuset-mems", .value_name = "LIST", .help = "memory nodes to use"},
    {.name = "memory", .value_name = "SIZE", .help = "limit of memory: 512m; -1: no limit"},
    {.name = "memory-reservation", .value_name = "SIZE", .help = "memory that is kept for it"},
    {.name = "memory-swap", .value_name = "SIZE", .help = "limit of memory and swap together"},
    {.name = "kernel-memory", .value_name = "SIZE", .help = "accepted; no kernel has it any more"},
    {.name = "kernel-memory-tcp", .value_name = "SIZE", .help = "accepted, as --kernel-memory"},
    {.name = "pids-limit", .value_name = "N", .help = "limit of processes; -1: no limit"},
    {.name = "l3-cache-schema", .value_name = "TEXT", .help = "share of the L3 cache (Intel RDT)"},
    {.name = "mem-bw-schema", .value_name = "TEXT", .help = "share of memory bandwidth (RDT)"},
}};

struct UpdateRequest {
  spec::Resources resources;          // the file of --resources, or else the other options
  std::vector<std::string> schemata;  // lines for resctrl: "L3:0=f", "MB:0=50"
};

/// Errors: InvalidConfig for a value that makes no sense, Unsupported for schemata on a host
/// without
///         resctrl.
Result<UpdateRequest> update_request(const ParsedLine& line);

}  // namespace ocirt::commands
