// Reads what the resctrl file system tells of a container's class of service. Runs in: the process
// of events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/store/state.h"

namespace ocirt::stages {

struct CacheInfo {
  std::string mask;  // all bits that a schema may have: "fffff"
  uint64_t fewest_bits = 0;
  uint64_t classes = 0;
  friend bool operator==(const CacheInfo&, const CacheInfo&) = default;
};

struct BandwidthInfo {
  uint64_t step = 0;
  uint64_t is_linear = 0;
  uint64_t least = 0;  // percent
  uint64_t classes = 0;
  friend bool operator==(const BandwidthInfo&, const BandwidthInfo&) = default;
};

/// What was counted in one domain, which is a NUMA node or a part of it.
struct DomainCounts {
  std::optional<uint64_t> total_bytes;  // to and from all memory
  std::optional<uint64_t> local_bytes;  // to and from the node's own
  std::optional<uint64_t> occupancy;    // bytes of the cache
  friend bool operator==(const DomainCounts&, const DomainCounts&) = default;
};

struct RdtStats {
  std::optional<CacheInfo> cache;  // absent: the processor can't divide its cache
  std::optional<BandwidthInfo> bandwidth;
  std::string cache_schema;  // "L3:0=ff;1=f": of the class
  std::string cache_schema_of_root;
  std::string bandwidth_schema;  // "MB:0=100;1=50"
  std::string bandwidth_schema_of_root;
  std::vector<DomainCounts> domains;  // by the domain's number
  friend bool operator==(const RdtStats&, const RdtStats&) = default;
};

/// Empty where the container has no class. What the processor can't do or count is absent.
Result<RdtStats> read_rdt_stats(const store::RdtGroups& groups);

}  // namespace ocirt::stages
