// Takes the text of cgroup files apart that hold statistics. Calls nothing; private to the reader.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/stages/cgroup_stats.h"

namespace ocirt::stages {

/// A single number; "max" is UINT64_MAX, and so is a negative one. 0 for anything else.
uint64_t number_of(std::string_view text);

/// Numbers separated by spaces ("cpuacct.usage_percpu").
std::vector<uint64_t> numbers_of(std::string_view text);

/// Lines "key number" ("memory.stat"); other lines are passed over.
std::map<std::string, uint64_t> keyed_numbers_of(std::string_view text);

/// Lists as "0-3,7".
std::vector<uint16_t> list_of(std::string_view text);

/// "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" and a line "full".
Pressure pressure_of(std::string_view text);

/// The times of each processor in cpuacct.usage_all: its columns "cpu user system".
void add_usage_all(std::string_view text, CpuStats& stats);

/// v1's "8:0 Read 1282048" and "8:0 6792".
std::vector<BlockIoEntry> block_io_entries_of(std::string_view text);

/// v2's "8:0 rbytes=1 wbytes=2 rios=3 wios=4 ...", told as v1 does.
void add_io_stat(std::string_view text, BlockIoStats& stats);

}  // namespace ocirt::stages
