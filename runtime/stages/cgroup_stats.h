// Reads how much a container uses from the files of its cgroups. Runs in: the process of events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// How long processes waited for want of something: shares of time in percent as the kernel spells
/// them ("0.25"), and the sum in microseconds (the kernel's accounting/psi.rst).
struct Stall {
  std::string avg10 = "0";
  std::string avg60 = "0";
  std::string avg300 = "0";
  uint64_t total = 0;
  friend bool operator==(const Stall&, const Stall&) = default;
};

struct Pressure {
  Stall some;
  Stall full;
  friend bool operator==(const Pressure&, const Pressure&) = default;
};

struct CpuStats {  // times in nanoseconds
  uint64_t total = 0;
  uint64_t user = 0;
  uint64_t kernel = 0;
  std::vector<uint64_t> per_cpu;  // these three: v1 only, by the processor's number
  std::vector<uint64_t> per_cpu_kernel;
  std::vector<uint64_t> per_cpu_user;
  uint64_t periods = 0;
  uint64_t throttled_periods = 0;
  uint64_t throttled_time = 0;
  std::optional<Pressure> pressure;  // these: v2 only
  friend bool operator==(const CpuStats&, const CpuStats&) = default;
};

struct CpusetStats {  // v1 only
  std::vector<uint16_t> cpus;
  std::vector<uint16_t> mems;
  std::map<std::string, int64_t> flags;  // by the file's name: "cpu_exclusive"
  friend bool operator==(const CpusetStats&, const CpusetStats&) = default;
};

struct Amount {        // bytes
  uint64_t limit = 0;  // UINT64_MAX: none (v2)
  uint64_t usage = 0;
  uint64_t most = 0;  // ever
  uint64_t failures = 0;
  friend bool operator==(const Amount&, const Amount&) = default;
};

struct MemoryStats {
  uint64_t cache = 0;
  Amount usage;
  Amount with_swap;  // memory and swap together, in v2 too
  Amount kernel;     // these two: v1 only
  Amount kernel_tcp;
  std::map<std::string, uint64_t> raw;  // memory.stat
  std::optional<Pressure> pressure;
  friend bool operator==(const MemoryStats&, const MemoryStats&) = default;
};

struct BlockIoEntry {
  uint64_t major = 0;
  uint64_t minor = 0;
  std::string operation;  // "Read", "Write", ..; empty where the file tells none apart
  uint64_t value = 0;
  friend bool operator==(const BlockIoEntry&, const BlockIoEntry&) = default;
};

struct BlockIoStats {
  std::vector<BlockIoEntry> service_bytes;
  std::vector<BlockIoEntry> serviced;
  std::vector<BlockIoEntry> queued;
  std::vector<BlockIoEntry> service_time;
  std::vector<BlockIoEntry> wait_time;
  std::vector<BlockIoEntry> merged;
  std::vector<BlockIoEntry> time;
  std::vector<BlockIoEntry> sectors;
  std::optional<Pressure> pressure;
  friend bool operator==(const BlockIoStats&, const BlockIoStats&) = default;
};

struct CgroupStats {
  CpuStats cpu;
  CpusetStats cpuset;
  MemoryStats memory;
  uint64_t pids = 0;
  uint64_t pids_limit = 0;  // 0: none
  BlockIoStats block_io;
  std::map<std::string, Amount> huge_pages;  // by the page's size: "2MB"
  friend bool operator==(const CgroupStats&, const CgroupStats&) = default;
};

/// What the files of all controllers say. Those that this kernel or this cgroup doesn't have count
/// as zero.
///
/// Errors: NotFound when the cgroup is gone; System when a file can't be read.
Result<CgroupStats> read_cgroup_stats(std::span<const plan::CgroupDirectory> directories);

}  // namespace ocirt::stages
