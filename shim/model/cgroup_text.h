// Reads what the kernel writes about a process's cgroup and its memory. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocirt::shim {

/// Where a process's memory is counted, from the text of /proc/PID/cgroup. Empty paths where there
/// is none.
struct MemoryCgroup {
  std::string v1_path;  // in the hierarchy of the memory controller
  std::string v2_path;  // in the unified one

  friend bool operator==(const MemoryCgroup&, const MemoryCgroup&) = default;
};
MemoryCgroup memory_cgroup(std::string_view proc_cgroup);

/// The number after `key` in a file of lines "key value"; 0 where there is none.
uint64_t count_of(std::string_view text, std::string_view key);

}  // namespace ocirt::shim
