// Reads how much a container uses from the files of its cgroups. Runs in: the process of events.
#include "runtime/stages/cgroup_stats.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <string_view>

#include "runtime/stages/cgroup_stats_text.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

using Directories = std::span<const plan::CgroupDirectory>;

constexpr size_t kFileLimit = 1 << 20;  // bytes
constexpr uint64_t kNanosecondsPerMicrosecond = 1000;

// One directory, open. The first error of reading stays: there is nothing to do before the end.
class Reader {
 public:
  explicit Reader(UniqueFd cgroup) : cgroup_(std::move(cgroup)) {}

  // No value for a file that isn't there, or that this kernel has switched off (EOPNOTSUPP: PSI).
  std::optional<std::string> text(const std::string& file) {
    Result<std::string> text = sys::read_file(cgroup_.get(), file.c_str(), kFileLimit);
    if (text) return *std::move(text);
    const int error = text.error().errno_value;
    if (error != ENOENT && error != EOPNOTSUPP && error_) {
      error_ = system_error(error, "read " + file + " of the container's cgroup");
    }
    return std::nullopt;
  }

  uint64_t number(const std::string& file) { return number_of(text(file).value_or("")); }

  std::map<std::string, uint64_t> keyed(const std::string& file) {
    return keyed_numbers_of(text(file).value_or(""));
  }

  std::optional<Pressure> pressure(const std::string& file) {
    const std::optional<std::string> found = text(file);
    return found ? std::optional(pressure_of(*found)) : std::nullopt;
  }

  // The names in the directory that begin and end so, without these parts.
  Result<std::vector<std::string>> names(std::string_view prefix, std::string_view suffix) const {
    std::vector<std::string> found;
    for (const std::string& name : TRY(sys::cgroup_files(cgroup_.get()))) {
      if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
          !name.ends_with(suffix)) {
        continue;
      }
      found.push_back(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size()));
    }
    return found;
  }

  Result<> take_error() { return std::move(error_); }

 private:
  UniqueFd cgroup_;
  Result<> error_;
};

bool has(const plan::CgroupDirectory& directory, std::string_view controller) {
  return std::find(directory.controllers.begin(), directory.controllers.end(), controller) !=
         directory.controllers.end();
}

bool has_v1(Directories directories, std::string_view controller) {
  return std::any_of(directories.begin(), directories.end(),
                     [&](const auto& each) { return !each.v2 && has(each, controller); });
}

// --- version 1 -----------------------------------------------------------------------------------

void read_cpuacct(Reader& reader, CpuStats& stats) {
  constexpr uint64_t kNanosecondsPerTick = 10'000'000;  // USER_HZ is 100 on every machine
  const std::map<std::string, uint64_t> ticks = reader.keyed("cpuacct.stat");
  const auto time = [&](const char* key) {
    const auto found = ticks.find(key);
    return found == ticks.end() ? 0 : found->second * kNanosecondsPerTick;
  };
  stats.total = reader.number("cpuacct.usage");
  stats.user = time("user");
  stats.kernel = time("system");
  stats.per_cpu = numbers_of(reader.text("cpuacct.usage_percpu").value_or(""));
  add_usage_all(reader.text("cpuacct.usage_all").value_or(""), stats);
}

void read_cpu_v1(Reader& reader, CpuStats& stats) {
  std::map<std::string, uint64_t> values = reader.keyed("cpu.stat");
  stats.periods = values["nr_periods"];
  stats.throttled_periods = values["nr_throttled"];
  stats.throttled_time = values["throttled_time"];
}

void read_cpuset(Reader& reader, CpusetStats& stats) {
  stats.cpus = list_of(reader.text("cpuset.cpus").value_or(""));
  stats.mems = list_of(reader.text("cpuset.mems").value_or(""));
  for (const char* flag :
       {"cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
        "memory_spread_slab", "memory_pressure", "sched_load_balance"}) {
    stats.flags[flag] = static_cast<int64_t>(reader.number(std::string("cpuset.") + flag));
  }
  // -1 says "the system's", which number_of() takes for no limit: the same bits.
  stats.flags["sched_relax_domain_level"] =
      static_cast<int64_t>(reader.number("cpuset.sched_relax_domain_level"));
}

Amount read_amount_v1(Reader& reader, const std::string& prefix) {
  return {.limit = reader.number(prefix + ".limit_in_bytes"),
          .usage = reader.number(prefix + ".usage_in_bytes"),
          .most = reader.number(prefix + ".max_usage_in_bytes"),
          .failures = reader.number(prefix + ".failcnt")};
}

void read_memory_v1(Reader& reader, MemoryStats& stats) {
  stats.raw = reader.keyed("memory.stat");
  if (const auto cache = stats.raw.find("cache"); cache != stats.raw.end()) {
    stats.cache = cache->second;
  }
  stats.usage = read_amount_v1(reader, "memory");
  stats.with_swap = read_amount_v1(reader, "memory.memsw");
  stats.kernel = read_amount_v1(reader, "memory.kmem");
  stats.kernel_tcp = read_amount_v1(reader, "memory.kmem.tcp");
}

// Each scheduler has its files. The first family that says anything is the one in use; the last
// counts what limits were applied to, whatever the scheduler.
void read_block_io_v1(Reader& reader, BlockIoStats& stats) {
  for (const std::string prefix : {"blkio.bfq.", "blkio.", "blkio.throttle."}) {
    const auto read = [&](const char* name) {
      return block_io_entries_of(reader.text(prefix + name + "_recursive").value_or(""));
    };
    stats.serviced = read("io_serviced");
    stats.service_bytes = read("io_service_bytes");
    stats.sectors = read("sectors");
    stats.service_time = read("io_service_time");
    stats.wait_time = read("io_wait_time");
    stats.merged = read("io_merged");
    stats.queued = read("io_queued");
    stats.time = read("time");
    if (stats != BlockIoStats{}) return;
  }
}

Result<> read_huge_pages_v1(Reader& reader, std::map<std::string, Amount>& stats) {
  for (const std::string& size : TRY(reader.names("hugetlb.", ".usage_in_bytes"))) {
    if (size.ends_with(".rsvd")) continue;  // reservations, which fail at another time
    stats[size] = read_amount_v1(reader, "hugetlb." + size);
  }
  return {};
}

Result<> read_v1(Reader& reader, const plan::CgroupDirectory& directory, CgroupStats& stats) {
  if (has(directory, "cpuacct")) read_cpuacct(reader, stats.cpu);
  if (has(directory, "cpu")) read_cpu_v1(reader, stats.cpu);
  if (has(directory, "cpuset")) read_cpuset(reader, stats.cpuset);
  if (has(directory, "memory")) read_memory_v1(reader, stats.memory);
  if (has(directory, "blkio")) read_block_io_v1(reader, stats.block_io);
  if (has(directory, "hugetlb")) return read_huge_pages_v1(reader, stats.huge_pages);
  return {};
}

// --- version 2 -----------------------------------------------------------------------------------

void read_cpu_v2(Reader& reader, CpuStats& stats) {
  std::map<std::string, uint64_t> values = reader.keyed("cpu.stat");
  stats.total = values["usage_usec"] * kNanosecondsPerMicrosecond;
  stats.user = values["user_usec"] * kNanosecondsPerMicrosecond;
  stats.kernel = values["system_usec"] * kNanosecondsPerMicrosecond;
  stats.periods = values["nr_periods"];
  stats.throttled_periods = values["nr_throttled"];
  stats.throttled_time = values["throttled_usec"] * kNanosecondsPerMicrosecond;
  stats.pressure = reader.pressure("cpu.pressure");
}

Amount read_amount_v2(Reader& reader, const std::string& prefix) {
  std::map<std::string, uint64_t> events = reader.keyed(prefix + ".events");
  return {.limit = reader.number(prefix + ".max"),
          .usage = reader.number(prefix + ".current"),
          .most = reader.number(prefix + ".peak"),
          .failures = events["max"]};
}

void read_memory_v2(Reader& reader, MemoryStats& stats) {
  stats.raw = reader.keyed("memory.stat");
  if (const auto cache = stats.raw.find("file"); cache != stats.raw.end()) {
    stats.cache = cache->second;
  }
  stats.usage = read_amount_v2(reader, "memory");
  // As v1 tells it, where swap is counted together with memory.
  Amount swap = read_amount_v2(reader, "memory.swap");
  const bool no_limit = swap.limit == std::numeric_limits<uint64_t>::max() ||
                        stats.usage.limit == std::numeric_limits<uint64_t>::max();
  stats.with_swap = {
      .limit = no_limit ? std::numeric_limits<uint64_t>::max() : swap.limit + stats.usage.limit,
      .usage = swap.usage + stats.usage.usage,
      .most = 0,  // the two may have been at their highest at different times
      .failures = swap.failures};
  stats.pressure = reader.pressure("memory.pressure");
}

Result<> read_huge_pages_v2(Reader& reader, std::map<std::string, Amount>& stats) {
  for (const std::string& size : TRY(reader.names("hugetlb.", ".current"))) {
    if (size.ends_with(".rsvd")) continue;
    stats[size] = read_amount_v2(reader, "hugetlb." + size);
  }
  return {};
}

Result<> read_v2(Reader& reader, Directories all, CgroupStats& stats) {
  // On a hybrid host the v1 hierarchies have the controllers; v2 has this file in any case.
  if (!has_v1(all, "cpuacct")) read_cpu_v2(reader, stats.cpu);
  if (!has_v1(all, "memory")) read_memory_v2(reader, stats.memory);
  if (!has_v1(all, "blkio")) {
    add_io_stat(reader.text("io.stat").value_or(""), stats.block_io);
    stats.block_io.pressure = reader.pressure("io.pressure");
  }
  if (!has_v1(all, "hugetlb")) return read_huge_pages_v2(reader, stats.huge_pages);
  return {};
}

void read_pids(Reader& reader, CgroupStats& stats) {
  stats.pids = reader.number("pids.current");
  const uint64_t limit = reader.number("pids.max");
  stats.pids_limit = limit == std::numeric_limits<uint64_t>::max() ? 0 : limit;
}

}  // namespace

Result<CgroupStats> read_cgroup_stats(Directories directories) {
  CgroupStats stats;
  for (const plan::CgroupDirectory& directory : directories) {
    Reader reader(TRY(sys::open_cgroup(AT_FDCWD, directory.mount_point.text + directory.path)));
    if (directory.v2) {
      (void)TRY(read_v2(reader, directories, stats));
    } else {
      (void)TRY(read_v1(reader, directory, stats));
    }
    if (has(directory, "pids")) read_pids(reader, stats);
    (void)TRY(reader.take_error());
  }
  return stats;
}

}  // namespace ocirt::stages
