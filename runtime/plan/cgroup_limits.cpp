// Turns the limits of memory, processors and processes into values for cgroup files. Pure.
#include "runtime/plan/cgroup_limits.h"

#include <cmath>

#include "runtime/plan/limit_writer.h"

namespace ocirt::plan {

namespace {

// A limit in v2's spelling, or in v1's, where -1 is a value as any other.
std::string number_or_max(int64_t limit, bool v2) {
  return limit < 0 && v2 ? "max" : std::to_string(limit);
}

// Zero is what Go's engines send for "not set"; no container could run with it.
std::optional<int64_t> if_set(const std::optional<int64_t>& limit) {
  return limit && *limit != 0 ? limit : std::nullopt;
}

// config.json counts memory and swap together, as v1 does; v2 counts swap alone.
Result<int64_t> v2_swap(int64_t both, const std::optional<int64_t>& memory,
                        const LimitWriter& writer) {
  if (both <= 0) return both;              // no limit, or no swap at all
  if (memory && *memory < 0) return both;  // only swap is limited
  if (!memory) return writer.invalid("swap", "needs linux.resources.memory.limit, which is absent");
  if (both < *memory) return writer.invalid("swap", "is less than linux.resources.memory.limit");
  return both - *memory;
}

Result<> decide_swap(const spec::Memory& asked, LimitWriter& writer) {
  std::optional<int64_t> limit = if_set(asked.limit);
  if (writer.is_v2()) {
    // As on v1, where no limit for memory lifts that of both.
    std::optional<int64_t> swap = asked.swap;
    if (limit && *limit < 0 && !if_set(swap)) swap = -1;
    if (!swap || (*swap == 0 && !limit)) return {};
    const int64_t value = TRY(v2_swap(*swap, limit, writer));
    writer.add({.file = "memory.swap.max",
                .value = number_or_max(value, true),
                .optional = value <= 0});  // a kernel without swap doesn't swap
    return {};
  }
  if (!asked.swap || (*asked.swap == 0 && !limit)) return {};
  // 0 asks for no swap: then both together are what memory alone is.
  const int64_t both = *asked.swap == 0 ? *limit : *asked.swap;
  if (both > 0 && limit && both < *limit) {
    return writer.invalid("swap", "is less than linux.resources.memory.limit");
  }
  writer.add(
      {.file = "memory.memsw.limit_in_bytes", .value = std::to_string(both), .optional = both < 0});
  return {};
}

// `kernel` and `kernelTCP` are left out on purpose: the spec advises against them, and kernels
// since 5.4 have no such limit (runc and crun's users expect that they are accepted).
Result<> decide_memory(const spec::Memory& asked, const CgroupView& view, CgroupLimits& limits) {
  const std::optional<int64_t> limit = if_set(asked.limit);
  const std::optional<int64_t> reservation = if_set(asked.reservation);
  const bool no_oom_killer = asked.disable_oom_killer.value_or(false);
  const bool no_hierarchy = !asked.use_hierarchy.value_or(true);
  if (!limit && !reservation && !if_set(asked.swap) && !asked.swappiness && !no_oom_killer &&
      !no_hierarchy) {
    return {};
  }
  LimitWriter writer = TRY(LimitWriter::open(view, limits, "memory", "linux.resources.memory"));

  // Memory before both together: a new cgroup has no limit yet, and memory must not exceed both.
  // checkBeforeUpdate asks nothing here: a new cgroup uses nothing.
  if (limit) {
    writer.add("memory.limit_in_bytes", "memory.max", number_or_max(*limit, writer.is_v2()));
  }
  (void)TRY(decide_swap(asked, writer));
  if (reservation) {
    writer.add("memory.soft_limit_in_bytes", "memory.low",
               number_or_max(*reservation, writer.is_v2()));
  }
  if (no_hierarchy) return writer.no_such_setting("useHierarchy");
  if (writer.is_v2() && asked.swappiness) return writer.no_such_setting("swappiness");
  if (writer.is_v2() && no_oom_killer) return writer.no_such_setting("disableOOMKiller");
  if (asked.swappiness) writer.add("memory.swappiness", {}, std::to_string(*asked.swappiness));
  if (no_oom_killer) writer.add("memory.oom_control", {}, "1");
  return {};
}

void decide_cpu_v2(const spec::Cpu& asked, LimitWriter& writer) {
  const uint64_t period = asked.period.value_or(0);
  const int64_t quota = asked.quota.value_or(0);
  // Weight before idle: an idle cgroup has no weight of its own to set.
  if (asked.shares.value_or(0) != 0) {
    writer.add({}, "cpu.weight", std::to_string(cpu_weight(*asked.shares)));
  }
  if (quota != 0 || period != 0) {
    std::string value = quota > 0 ? std::to_string(quota) : "max";
    if (period != 0) value += " " + std::to_string(period);
    writer.add({}, "cpu.max", value);
  }
  if (asked.burst) writer.add({}, "cpu.max.burst", std::to_string(*asked.burst));
  if (asked.idle) writer.add({}, "cpu.idle", std::to_string(*asked.idle));
}

void decide_cpu_v1(const spec::Cpu& asked, LimitWriter& writer) {
  if (asked.shares.value_or(0) != 0) writer.add("cpu.shares", {}, std::to_string(*asked.shares));
  // The period first: a quota is checked against it.
  if (asked.period.value_or(0) != 0) {
    writer.add("cpu.cfs_period_us", {}, std::to_string(*asked.period));
  }
  if (asked.quota.value_or(0) != 0) {
    writer.add("cpu.cfs_quota_us", {}, std::to_string(*asked.quota));
  }
  if (asked.burst) writer.add("cpu.cfs_burst_us", {}, std::to_string(*asked.burst));
  if (asked.realtime_period.value_or(0) != 0) {
    writer.add("cpu.rt_period_us", {}, std::to_string(*asked.realtime_period));
  }
  if (asked.realtime_runtime.value_or(0) != 0) {
    writer.add("cpu.rt_runtime_us", {}, std::to_string(*asked.realtime_runtime));
  }
  if (asked.idle) writer.add("cpu.idle", {}, std::to_string(*asked.idle));
}

Result<> decide_cpu(const spec::Cpu& asked, const CgroupView& view, CgroupLimits& limits) {
  const bool realtime =
      asked.realtime_period.value_or(0) != 0 || asked.realtime_runtime.value_or(0) != 0;
  if (asked.shares.value_or(0) != 0 || asked.quota.value_or(0) != 0 ||
      asked.period.value_or(0) != 0 || asked.burst || asked.idle || realtime) {
    LimitWriter writer = TRY(LimitWriter::open(view, limits, "cpu", "linux.resources.cpu"));
    if (writer.is_v2() && realtime) return writer.no_such_setting("realtimeRuntime");
    writer.is_v2() ? decide_cpu_v2(asked, writer) : decide_cpu_v1(asked, writer);
  }
  const std::string cpus = asked.cpus.value_or("");
  const std::string mems = asked.mems.value_or("");
  if (!cpus.empty() || !mems.empty()) {
    LimitWriter writer = TRY(LimitWriter::open(view, limits, "cpuset", "linux.resources.cpu"));
    if (!cpus.empty()) writer.add("cpuset.cpus", "cpuset.cpus", cpus);
    if (!mems.empty()) writer.add("cpuset.mems", "cpuset.mems", mems);
  }
  return {};
}

Result<> decide_pids(const spec::Pids& asked, const CgroupView& view, CgroupLimits& limits) {
  if (!asked.limit) return {};
  LimitWriter writer = TRY(LimitWriter::open(view, limits, "pids", "linux.resources.pids"));
  // 0 means "none may be made" since version 1.3 of the spec: decide_cgroup() sees to it that init
  // is not born in the cgroup then.
  writer.add("pids.max", "pids.max", *asked.limit < 0 ? "max" : std::to_string(*asked.limit));
  return {};
}

}  // namespace

uint64_t cpu_weight(uint64_t shares) {
  constexpr uint64_t kLeastShares = 2;
  constexpr uint64_t kMostShares = 262144;
  constexpr uint64_t kMostWeight = 10000;
  if (shares <= kLeastShares) return 1;
  if (shares >= kMostShares) return kMostWeight;
  const double log = std::log2(static_cast<double>(shares));
  const double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
  return static_cast<uint64_t>(std::ceil(std::pow(10, exponent)));
}

Result<CgroupLimits> decide_limits(const spec::Resources& resources, const CgroupView& view) {
  CgroupLimits limits;
  if (resources.memory) (void)TRY(decide_memory(*resources.memory, view, limits));
  if (resources.cpu) (void)TRY(decide_cpu(*resources.cpu, view, limits));
  if (resources.pids) (void)TRY(decide_pids(*resources.pids, view, limits));
  if (resources.block_io) (void)TRY(decide_block_io(*resources.block_io, view, limits));
  (void)TRY(decide_hugepages(resources.hugepage_limits, view, limits));
  if (resources.network) (void)TRY(decide_network(*resources.network, view, limits));
  (void)TRY(decide_rdma(resources.rdma, view, limits));
  // Last: what is said in the kernel's own words has the last word (config-linux.md#unified).
  (void)TRY(decide_unified(resources.unified, view, limits));
  return limits;
}

}  // namespace ocirt::plan
