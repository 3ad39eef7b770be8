// The shape of what events prints, which engines read by runc's types.
#include "runtime/commands/stats_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ocirt::commands {
namespace {

using Json = nlohmann::json;

TEST(StatsJson, LeavesOutZerosThatRuncLeavesOut) {
  // As runc prints an empty types.Stats.
  const Json expected = Json::parse(R"({"type": "stats", "id": "x", "data": {
    "cpu": {"usage": {"kernel": 0, "user": 0}, "throttling": {}},
    "cpuset": {"cpu_exclusive": 0, "mem_hardwall": 0, "mem_exclusive": 0, "memory_migrate": 0,
               "memory_spread_page": 0, "memory_spread_slab": 0, "memory_pressure": 0,
               "sched_load_balance": 0, "sched_relax_domain_level": 0},
    "memory": {"usage": {"limit": 0, "failcnt": 0}, "swap": {"limit": 0, "failcnt": 0},
               "kernel": {"limit": 0, "failcnt": 0}, "kernelTCP": {"limit": 0, "failcnt": 0}},
    "pids": {}, "blkio": {}, "hugetlb": {}, "intel_rdt": {}, "network_interfaces": null}})");
  const std::string line = stats_event("x", {}, {});
  EXPECT_EQ(Json::parse(line), expected);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(StatsJson, HasRuncsNames) {
  stages::CgroupStats stats;
  stats.cpu = {.total = 5,
               .user = 3,
               .kernel = 2,
               .per_cpu = {4, 1},
               .per_cpu_kernel = {2, 0},
               .per_cpu_user = {2, 1},
               .periods = 9,
               .throttled_periods = 8,
               .throttled_time = 7,
               .pressure = stages::Pressure{.some = {.avg10 = "0.25", .total = 6}}};
  stats.memory.cache = 1;
  stats.memory.usage = {.limit = 10, .usage = 11, .most = 12, .failures = 13};
  stats.memory.raw = {{"anon", 14}};
  stats.pids = 15;
  stats.pids_limit = 16;
  stats.block_io.service_bytes = {{.major = 8, .minor = 1, .operation = "Read", .value = 17}};
  stats.huge_pages = {{"2MB", {.usage = 18, .most = 19, .failures = 20}}};
  stats.cpuset = {.cpus = {0, 1}, .mems = {0}, .flags = {{"sched_relax_domain_level", -1}}};

  const stages::RdtStats rdt = {
      .cache = stages::CacheInfo{.mask = "fff", .fewest_bits = 2, .classes = 16},
      .bandwidth = stages::BandwidthInfo{.step = 10, .is_linear = 1, .least = 10, .classes = 8},
      .cache_schema = "L3:0=f",
      .cache_schema_of_root = "L3:0=fff",
      .bandwidth_schema = "MB:0=50",
      .bandwidth_schema_of_root = "MB:0=100",
      .domains = {{.total_bytes = 7, .local_bytes = 5, .occupancy = 3}, {.total_bytes = 1}}};

  const Json data = Json::parse(stats_event("x", stats, rdt))["data"];
  EXPECT_EQ(data["cpu"], Json::parse(R"({"usage": {"total": 5, "percpu": [4, 1],
    "percpu_kernel": [2, 0], "percpu_user": [2, 1], "kernel": 2, "user": 3},
    "throttling": {"periods": 9, "throttledPeriods": 8, "throttledTime": 7},
    "psi": {"some": {"avg10": 0.25, "avg60": 0, "avg300": 0, "total": 6},
            "full": {"avg10": 0, "avg60": 0, "avg300": 0, "total": 0}}})"));
  EXPECT_EQ(data["memory"]["usage"],
            Json::parse(R"({"limit": 10, "usage": 11, "max": 12, "failcnt": 13})"));
  EXPECT_EQ(data["memory"]["cache"], 1);
  EXPECT_EQ(data["memory"]["raw"], Json::parse(R"({"anon": 14})"));
  EXPECT_EQ(data["pids"], Json::parse(R"({"current": 15, "limit": 16})"));
  EXPECT_EQ(data["blkio"], Json::parse(R"({"ioServiceBytesRecursive":
    [{"major": 8, "minor": 1, "op": "Read", "value": 17}]})"));
  EXPECT_EQ(data["hugetlb"], Json::parse(R"({"2MB": {"usage": 18, "max": 19, "failcnt": 20}})"));
  EXPECT_EQ(data["intel_rdt"], Json::parse(R"({
    "l3_cache_info": {"cbm_mask": "fff", "min_cbm_bits": 2, "num_closids": 16},
    "l3_cache_schema_root": "L3:0=fff", "l3_cache_schema": "L3:0=f",
    "mem_bw_info": {"bandwidth_gran": 10, "delay_linear": 1, "min_bandwidth": 10, "num_closids": 8},
    "mem_bw_schema_root": "MB:0=100", "mem_bw_schema": "MB:0=50",
    "mbm_stats": [{"mbm_total_bytes": 7, "mbm_local_bytes": 5}, {"mbm_total_bytes": 1}],
    "cmt_stats": [{"llc_occupancy": 3}, {}]})"));
  EXPECT_EQ(data["cpuset"]["cpus"], Json::parse("[0, 1]"));
  EXPECT_EQ(data["cpuset"]["sched_relax_domain_level"], -1);
}

TEST(StatsJson, TellsOfOomWithoutData) {
  EXPECT_EQ(oom_event("a\"b"), "{\"type\":\"oom\",\"id\":\"a\\\"b\"}\n");
}

}  // namespace
}  // namespace ocirt::commands
