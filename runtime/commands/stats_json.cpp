// The statistics of a container as runc's `events` prints them. Pure.
#include "runtime/commands/stats_json.h"

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_writer.h"

namespace ocirt::commands {

namespace {

// --- Go's "omitempty"
// ------------------------------------------------------------------------------

void member_unless_zero(JsonWriter& json, std::string_view key, uint64_t number) {
  if (number != 0) json.member(key, number);
}

template <typename T>
void list_unless_empty(JsonWriter& json, std::string_view key, const std::vector<T>& numbers) {
  if (numbers.empty()) return;
  json.key(key);
  json.begin_array();
  for (const T number : numbers) json.value(number);
  json.end_array();
}

// --- parts
// -----------------------------------------------------------------------------------------

void write_stall(JsonWriter& json, std::string_view key, const stages::Stall& stall) {
  json.key(key);
  json.begin_object();
  json.key("avg10");
  json.number(stall.avg10);
  json.key("avg60");
  json.number(stall.avg60);
  json.key("avg300");
  json.number(stall.avg300);
  json.member("total", stall.total);
  json.end_object();
}

void write_pressure(JsonWriter& json, const std::optional<stages::Pressure>& pressure) {
  if (!pressure) return;
  json.key("psi");
  json.begin_object();
  write_stall(json, "some", pressure->some);
  write_stall(json, "full", pressure->full);
  json.end_object();
}

void write_cpu(JsonWriter& json, const stages::CpuStats& stats) {
  json.key("cpu");
  json.begin_object();
  json.key("usage");
  json.begin_object();
  member_unless_zero(json, "total", stats.total);
  list_unless_empty(json, "percpu", stats.per_cpu);
  list_unless_empty(json, "percpu_kernel", stats.per_cpu_kernel);
  list_unless_empty(json, "percpu_user", stats.per_cpu_user);
  json.member("kernel", stats.kernel);
  json.member("user", stats.user);
  json.end_object();
  json.key("throttling");
  json.begin_object();
  member_unless_zero(json, "periods", stats.periods);
  member_unless_zero(json, "throttledPeriods", stats.throttled_periods);
  member_unless_zero(json, "throttledTime", stats.throttled_time);
  json.end_object();
  write_pressure(json, stats.pressure);
  json.end_object();
}

void write_cpuset(JsonWriter& json, const stages::CpusetStats& stats) {
  json.key("cpuset");
  json.begin_object();
  list_unless_empty(json, "cpus", stats.cpus);
  list_unless_empty(json, "mems", stats.mems);
  for (const char* flag : {"cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate",
                           "memory_spread_page", "memory_spread_slab", "memory_pressure",
                           "sched_load_balance", "sched_relax_domain_level"}) {
    const auto found = stats.flags.find(flag);
    json.member(flag, found == stats.flags.end() ? int64_t{0} : found->second);
  }
  json.end_object();
}

void write_amount(JsonWriter& json, std::string_view key, const stages::Amount& amount) {
  json.key(key);
  json.begin_object();
  json.member("limit", amount.limit);
  member_unless_zero(json, "usage", amount.usage);
  member_unless_zero(json, "max", amount.most);
  json.member("failcnt", amount.failures);
  json.end_object();
}

void write_memory(JsonWriter& json, const stages::MemoryStats& stats) {
  json.key("memory");
  json.begin_object();
  member_unless_zero(json, "cache", stats.cache);
  write_amount(json, "usage", stats.usage);
  write_amount(json, "swap", stats.with_swap);
  write_amount(json, "kernel", stats.kernel);
  write_amount(json, "kernelTCP", stats.kernel_tcp);
  if (!stats.raw.empty()) {
    json.key("raw");
    json.begin_object();
    for (const auto& [key, value] : stats.raw) json.member(key, value);
    json.end_object();
  }
  write_pressure(json, stats.pressure);
  json.end_object();
}

void write_pids(JsonWriter& json, const stages::CgroupStats& stats) {
  json.key("pids");
  json.begin_object();
  member_unless_zero(json, "current", stats.pids);
  member_unless_zero(json, "limit", stats.pids_limit);
  json.end_object();
}

void write_entries(JsonWriter& json, std::string_view key,
                   const std::vector<stages::BlockIoEntry>& entries) {
  if (entries.empty()) return;
  json.key(key);
  json.begin_array();
  for (const stages::BlockIoEntry& entry : entries) {
    json.begin_object();
    member_unless_zero(json, "major", entry.major);
    member_unless_zero(json, "minor", entry.minor);
    if (!entry.operation.empty()) json.member("op", entry.operation);
    member_unless_zero(json, "value", entry.value);
    json.end_object();
  }
  json.end_array();
}

void write_block_io(JsonWriter& json, const stages::BlockIoStats& stats) {
  json.key("blkio");
  json.begin_object();
  write_entries(json, "ioServiceBytesRecursive", stats.service_bytes);
  write_entries(json, "ioServicedRecursive", stats.serviced);
  write_entries(json, "ioQueueRecursive", stats.queued);
  write_entries(json, "ioServiceTimeRecursive", stats.service_time);
  write_entries(json, "ioWaitTimeRecursive", stats.wait_time);
  write_entries(json, "ioMergedRecursive", stats.merged);
  write_entries(json, "ioTimeRecursive", stats.time);
  write_entries(json, "sectorsRecursive", stats.sectors);
  write_pressure(json, stats.pressure);
  json.end_object();
}

void write_huge_pages(JsonWriter& json, const std::map<std::string, stages::Amount>& stats) {
  json.key("hugetlb");
  json.begin_object();
  for (const auto& [size, amount] : stats) {
    json.key(size);
    json.begin_object();
    member_unless_zero(json, "usage", amount.usage);
    member_unless_zero(json, "max", amount.most);
    json.member("failcnt", amount.failures);
    json.end_object();
  }
  json.end_object();
}

void text_unless_empty(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.member(key, text);
}

void write_cache_info(JsonWriter& json, const stages::CacheInfo& info) {
  json.key("l3_cache_info");
  json.begin_object();
  text_unless_empty(json, "cbm_mask", info.mask);
  member_unless_zero(json, "min_cbm_bits", info.fewest_bits);
  member_unless_zero(json, "num_closids", info.classes);
  json.end_object();
}

void write_bandwidth_info(JsonWriter& json, const stages::BandwidthInfo& info) {
  json.key("mem_bw_info");
  json.begin_object();
  member_unless_zero(json, "bandwidth_gran", info.step);
  member_unless_zero(json, "delay_linear", info.is_linear);
  member_unless_zero(json, "min_bandwidth", info.least);
  member_unless_zero(json, "num_closids", info.classes);
  json.end_object();
}

// One object for each domain, with those of `fields` that aren't zero; nothing where none is
// counted.
struct CountField {
  std::string_view key;
  std::optional<uint64_t> stages::DomainCounts::*count;
};

void write_counts(JsonWriter& json, std::string_view key,
                  const std::vector<stages::DomainCounts>& domains,
                  std::initializer_list<CountField> fields) {
  bool counted = false;
  for (const stages::DomainCounts& domain : domains) {
    for (const CountField& field : fields) counted = counted || (domain.*field.count).has_value();
  }
  if (!counted) return;
  json.key(key);
  json.begin_array();
  for (const stages::DomainCounts& domain : domains) {
    json.begin_object();
    for (const CountField& field : fields) {
      member_unless_zero(json, field.key, (domain.*field.count).value_or(0));
    }
    json.end_object();
  }
  json.end_array();
}

void write_rdt(JsonWriter& json, const stages::RdtStats& stats) {
  json.key("intel_rdt");
  json.begin_object();
  if (stats.cache) write_cache_info(json, *stats.cache);
  text_unless_empty(json, "l3_cache_schema_root", stats.cache_schema_of_root);
  text_unless_empty(json, "l3_cache_schema", stats.cache_schema);
  if (stats.bandwidth) write_bandwidth_info(json, *stats.bandwidth);
  text_unless_empty(json, "mem_bw_schema_root", stats.bandwidth_schema_of_root);
  text_unless_empty(json, "mem_bw_schema", stats.bandwidth_schema);
  write_counts(json, "mbm_stats", stats.domains,
               {{"mbm_total_bytes", &stages::DomainCounts::total_bytes},
                {"mbm_local_bytes", &stages::DomainCounts::local_bytes}});
  write_counts(json, "cmt_stats", stats.domains,
               {{"llc_occupancy", &stages::DomainCounts::occupancy}});
  json.end_object();
}

}  // namespace

std::string stats_event(std::string_view id, const stages::CgroupStats& stats,
                        const stages::RdtStats& rdt) {
  JsonWriter json;
  json.begin_object();
  json.member("type", std::string_view("stats"));
  json.member("id", id);
  json.key("data");
  json.begin_object();
  write_cpu(json, stats.cpu);
  write_cpuset(json, stats.cpuset);
  write_memory(json, stats.memory);
  write_pids(json, stats);
  write_block_io(json, stats.block_io);
  write_huge_pages(json, stats.huge_pages);
  write_rdt(json, rdt);
  // As runc for networks that others set up, which it knows nothing of.
  json.key("network_interfaces");
  json.null();
  json.end_object();
  json.end_object();
  return std::move(json).take() + "\n";
}

std::string oom_event(std::string_view id) {
  JsonWriter json;
  json.begin_object();
  json.member("type", std::string_view("oom"));
  json.member("id", id);
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace ocirt::commands
