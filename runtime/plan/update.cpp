// Decides what `update` changes in the cgroups of a container that exists. Pure.
#include "runtime/plan/update.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::array<std::string_view, 8> kFilesToLookAt = {
    "memory.memsw.limit_in_bytes", "memory.swap.max",  "memory.current",   "memory.swap.current",
    "cpu.cfs_period_us",           "cpu.rt_period_us", "cpu.cfs_burst_us", "cpu.max.burst",
};

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

// The number that a cgroup file holds, or that is to be written into it.
std::optional<uint64_t> number_in(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  uint64_t number = 0;
  if (text == "max" || text == "-1") return kNoLimit;
  if (!parse_number(text, number)) return std::nullopt;
  return number;
}

std::optional<uint64_t> number_in(const CurrentValues& current, std::string_view file) {
  const auto found = current.find(file);
  return found == current.end() ? std::nullopt : number_in(found->second);
}

bool has_v2(const CgroupView& view, std::string_view controller) {
  return std::any_of(view.directories.begin(), view.directories.end(), [&](const auto& each) {
    return each.v2 && std::find(each.controllers.begin(), each.controllers.end(), controller) !=
                          each.controllers.end();
  });
}

// --- what to write -------------------------------------------------------------------------------

// What `asked` says for itself, and of the other limits of `merged` those without which the kernel
// can't be told.
spec::Resources with_companions(const spec::Resources& asked, const spec::Resources& merged,
                                const CgroupView& view) {
  spec::Resources result = merge_resources({}, asked);
  result.devices.clear();
  if (result.memory && (result.memory->limit || result.memory->swap)) {
    result.memory->limit = merged.memory->limit;
    result.memory->swap = merged.memory->swap;
  }
  if (result.cpu && (result.cpu->quota || result.cpu->period) && has_v2(view, "cpu")) {
    result.cpu->quota = merged.cpu->quota;  // one file holds both
    result.cpu->period = merged.cpu->period;
  }
  return result;
}

// Memory is in `writes` for the sake of swap, unless it was asked for.
void drop_companions(std::vector<CgroupWrite>& writes, const spec::Resources& asked) {
  const bool asks_for_limit = asked.memory && asked.memory->limit.value_or(0) != 0;
  if (asks_for_limit) return;
  std::erase_if(writes, [](const CgroupWrite& write) {
    return write.file == "memory.max" || write.file == "memory.limit_in_bytes";
  });
}

Result<> check_swap(const spec::Resources& asked, const spec::Resources& merged) {
  if (!asked.memory || asked.memory->swap.value_or(0) != 0 || !merged.memory) return {};
  const int64_t limit = asked.memory->limit.value_or(0);
  const int64_t both = merged.memory->swap.value_or(0);
  if (limit <= 0 || both <= 0 || limit <= both) return {};
  return make_error(ErrorKind::InvalidConfig,
                    "the new memory limit " + std::to_string(limit) +
                        " is more than that of memory and swap together, " + std::to_string(both))
      .with_hint("set both: --memory-swap counts memory and swap");
}

// Kernels of v1 refuse by themselves; v2 would kill.
Result<> check_usage(const spec::Resources& asked, const spec::Resources& merged,
                     const CurrentValues& current) {
  if (!asked.memory || !merged.memory || !merged.memory->check_before_update.value_or(false)) {
    return {};
  }
  const auto check = [](int64_t limit, uint64_t usage, const std::string& what) -> Result<> {
    if (limit <= 0 || usage <= static_cast<uint64_t>(limit)) return {};
    return make_error(ErrorKind::BadState, "the container uses " + std::to_string(usage) +
                                               " bytes of " + what + ", more than the new limit " +
                                               std::to_string(limit) +
                                               " (memory.checkBeforeUpdate)");
  };
  const uint64_t memory = number_in(current, "memory.current").value_or(0);
  const uint64_t swap = number_in(current, "memory.swap.current").value_or(0);
  (void)TRY(check(asked.memory->limit.value_or(0), memory, "memory"));
  return check(asked.memory->swap.value_or(0), memory + swap, "memory and swap");
}

// --- in which order ------------------------------------------------------------------------------

enum class Change { Raised, Lowered };

// `later` is written before `earlier`, unlike in a new cgroup, if that changes `looked_at` so.
struct Turn {
  std::string_view earlier;
  std::string_view later;
  std::string_view looked_at;
  Change change;
};

constexpr std::array<Turn, 6> kTurns = {{
    // Memory must never exceed memory and swap together (v1). On v2 nothing is killed for want of
    // swap that it is about to get.
    {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.memsw.limit_in_bytes",
     Change::Raised},
    {"memory.max", "memory.swap.max", "memory.swap.max", Change::Raised},
    // The share of a processor, quota by period, must not exceed the parent's in between. It is the
    // smallest while the old quota stands by a longer period, or the new one by the longer old one.
    {"cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.cfs_period_us", Change::Lowered},
    {"cpu.rt_period_us", "cpu.rt_runtime_us", "cpu.rt_period_us", Change::Lowered},
    // The burst must not exceed the quota.
    {"cpu.cfs_quota_us", "cpu.cfs_burst_us", "cpu.cfs_burst_us", Change::Lowered},
    {"cpu.max", "cpu.max.burst", "cpu.max.burst", Change::Lowered},
}};

bool changes(const std::vector<CgroupWrite>& writes, const CurrentValues& current,
             const Turn& turn) {
  const auto write = std::find_if(writes.begin(), writes.end(), [&](const CgroupWrite& each) {
    return each.file == turn.looked_at;
  });
  if (write == writes.end()) return false;
  const std::optional<uint64_t> before = number_in(current, turn.looked_at);
  const std::optional<uint64_t> after = number_in(write->value);
  if (!before || !after) return false;
  return turn.change == Change::Raised ? *after > *before : *after < *before;
}

void put_in_order(std::vector<CgroupWrite>& writes, const CurrentValues& current) {
  const auto find = [&](std::string_view file) {
    return std::find_if(writes.begin(), writes.end(),
                        [&](const CgroupWrite& write) { return write.file == file; });
  };
  for (const Turn& turn : kTurns) {
    const auto earlier = find(turn.earlier);
    const auto later = find(turn.later);
    if (earlier == writes.end() || later == writes.end() || later < earlier) continue;
    if (changes(writes, current, turn)) std::rotate(earlier, later, later + 1);
  }
  // An idle cgroup takes no weight: it has to be woken first.
  const auto idle = find("cpu.idle");
  if (idle != writes.end() && idle->value == "0") std::rotate(writes.begin(), idle, idle + 1);
}

}  // namespace

std::span<const std::string_view> files_to_look_at() {
  return kFilesToLookAt;
}

Result<UpdatePlan> decide_update(const spec::Resources& old, const spec::Resources& asked,
                                 const CurrentValues& current, const CgroupView& view) {
  UpdatePlan plan;
  plan.resources = merge_resources(old, asked);
  (void)TRY(check_swap(asked, plan.resources));
  (void)TRY(check_usage(asked, plan.resources, current));
  CgroupLimits limits = TRY(decide_limits(with_companions(asked, plan.resources, view), view));
  drop_companions(limits.writes, asked);
  put_in_order(limits.writes, current);
  plan.enabled_controllers = std::move(limits.v2_controllers);
  plan.writes = std::move(limits.writes);
  return plan;
}

}  // namespace ocirt::plan
