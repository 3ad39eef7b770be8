// What each limit of linux.resources becomes in the files of cgroup v1 and v2.
#include "runtime/plan/cgroup_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/plan/host_facts.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A host whose one directory has every controller, as `version`.
class Limits {
 public:
  explicit Limits(int version) {
    directories_ = {{.controllers = {"memory", "cpu", "cpuset", "pids", "hugetlb", "rdma",
                                     version == 1 ? "blkio" : "io", "misc"},
                     .v2 = version == 2,
                     .mount_point = {"/sys/fs/cgroup"},
                     .path = "/x"}};
    if (version == 1) {
      directories_[0].controllers.insert(directories_[0].controllers.end(),
                                         {"net_cls", "net_prio"});
      facts_.layout = CgroupLayout::V1;
      facts_.v1 = {{directories_[0].controllers, {"/sys/fs/cgroup"}, "/"}};
    } else {
      facts_.layout = CgroupLayout::V2;
    }
  }

  [[nodiscard]] Result<CgroupLimits> decide(const spec::Resources& resources) const {
    return decide_limits(resources,
                         {.facts = facts_, .directories = directories_, .privileged = true});
  }

 private:
  CgroupFacts facts_;
  std::vector<CgroupDirectory> directories_;
};

// "file value", with the alternative after "|" and "?" for an optional one.
std::vector<std::string> lines(int version, const spec::Resources& resources) {
  const Result<CgroupLimits> limits = Limits(version).decide(resources);
  EXPECT_TRUE(limits) << limits.error().message();
  std::vector<std::string> result;
  if (!limits) return result;
  for (const CgroupWrite& write : limits->writes) {
    std::string line = write.file + (write.optional ? "? " : " ") + write.value;
    if (!write.other_file.empty()) line += " | " + write.other_file + " " + write.other_value;
    result.push_back(line);
  }
  return result;
}

std::string refusal(int version, const spec::Resources& resources) {
  const Result<CgroupLimits> limits = Limits(version).decide(resources);
  return limits ? "accepted" : limits.error().text;
}

spec::Resources memory(spec::Memory asked) {
  return {.memory = asked};
}

spec::Resources cpu(spec::Cpu asked) {
  return {.cpu = std::move(asked)};
}

// --- memory --------------------------------------------------------------------------------------

TEST(MemoryLimits, SwapIsCountedWithMemoryOnV1AndAloneOnV2) {
  const spec::Resources asked = memory({.limit = 1000, .reservation = 500, .swap = 1500});
  EXPECT_THAT(lines(1, asked),
              ElementsAre("memory.limit_in_bytes 1000", "memory.memsw.limit_in_bytes 1500",
                          "memory.soft_limit_in_bytes 500"));
  EXPECT_THAT(lines(2, asked),
              ElementsAre("memory.max 1000", "memory.swap.max 500", "memory.low 500"));
}

TEST(MemoryLimits, MinusOneIsNoLimit) {
  const spec::Resources asked = memory({.limit = -1, .swap = -1});
  EXPECT_THAT(lines(1, asked),
              ElementsAre("memory.limit_in_bytes -1", "memory.memsw.limit_in_bytes? -1"));
  EXPECT_THAT(lines(2, asked), ElementsAre("memory.max max", "memory.swap.max? max"));
}

TEST(MemoryLimits, SwapAloneCanBeLimited) {
  EXPECT_THAT(lines(2, memory({.limit = -1, .swap = 700})),
              ElementsAre("memory.max max", "memory.swap.max 700"));
}

TEST(MemoryLimits, NoMemoryLimitLiftsThatOfSwap) {
  EXPECT_THAT(lines(2, memory({.limit = -1})),
              ElementsAre("memory.max max", "memory.swap.max? max"));
}

TEST(MemoryLimits, ZeroSwapIsNone) {
  const spec::Resources asked = memory({.limit = 1000, .swap = 0});
  EXPECT_THAT(lines(1, asked),
              ElementsAre("memory.limit_in_bytes 1000", "memory.memsw.limit_in_bytes 1000"));
  EXPECT_THAT(lines(2, asked), ElementsAre("memory.max 1000", "memory.swap.max? 0"));
}

TEST(MemoryLimits, SwapThatContradictsMemoryIsAnError) {
  for (int version : {1, 2}) {
    EXPECT_EQ(refusal(version, memory({.limit = 1000, .swap = 999})),
              "linux.resources.memory.swap: is less than linux.resources.memory.limit");
  }
  EXPECT_EQ(refusal(2, memory({.swap = 999})),
            "linux.resources.memory.swap: needs linux.resources.memory.limit, which is absent");
}

TEST(MemoryLimits, WhatOnlyV1HasIsRefusedOnV2) {
  EXPECT_THAT(lines(1, memory({.swappiness = 10, .disable_oom_killer = true})),
              ElementsAre("memory.swappiness 10", "memory.oom_control 1"));
  EXPECT_EQ(refusal(2, memory({.swappiness = 10})),
            "linux.resources.memory.swappiness: cgroup v2 has no such setting");
  EXPECT_EQ(refusal(2, memory({.disable_oom_killer = true})),
            "linux.resources.memory.disableOOMKiller: cgroup v2 has no such setting");
  EXPECT_EQ(refusal(1, memory({.use_hierarchy = false})),
            "linux.resources.memory.useHierarchy: cgroup v1 has no such setting");
}

// What engines written in Go send when nobody asked for anything.
TEST(MemoryLimits, ZerosAskForNothing) {
  for (int version : {1, 2}) {
    EXPECT_THAT(lines(version, memory({.limit = 0,
                                       .reservation = 0,
                                       .swap = 0,
                                       .kernel = 5,
                                       .kernel_tcp = 5,
                                       .disable_oom_killer = false,
                                       .use_hierarchy = true,
                                       .check_before_update = true})),
                IsEmpty());
    EXPECT_THAT(lines(version, cpu({.shares = 0, .quota = 0, .period = 0, .cpus = "", .mems = ""})),
                IsEmpty());
  }
}

// --- processors ----------------------------------------------------------------------------------

TEST(CpuLimits, QuotaAndPeriodAreOneValueOnV2) {
  const spec::Resources asked = cpu({.quota = 20'000, .burst = 100, .period = 50'000});
  EXPECT_THAT(lines(1, asked), ElementsAre("cpu.cfs_period_us 50000", "cpu.cfs_quota_us 20000",
                                           "cpu.cfs_burst_us 100"));
  EXPECT_THAT(lines(2, asked), ElementsAre("cpu.max 20000 50000", "cpu.max.burst 100"));
  EXPECT_THAT(lines(2, cpu({.quota = 20'000})), ElementsAre("cpu.max 20000"));
  EXPECT_THAT(lines(2, cpu({.period = 50'000})), ElementsAre("cpu.max max 50000"));
  EXPECT_THAT(lines(2, cpu({.quota = -1})), ElementsAre("cpu.max max"));
  EXPECT_THAT(lines(1, cpu({.quota = -1})), ElementsAre("cpu.cfs_quota_us -1"));
}

TEST(CpuLimits, SharesBecomeAWeightOnV2) {
  EXPECT_THAT(lines(1, cpu({.shares = 1024, .idle = 1})),
              ElementsAre("cpu.shares 1024", "cpu.idle 1"));
  EXPECT_THAT(lines(2, cpu({.shares = 1024, .idle = 1})),
              ElementsAre("cpu.weight 100", "cpu.idle 1"));
}

// Values that runc and its users rely on: the ends, the default, and one between.
TEST(CpuLimits, WeightsFollowTheCurveOfRunc) {
  EXPECT_EQ(cpu_weight(1), 1U);
  EXPECT_EQ(cpu_weight(2), 1U);
  EXPECT_EQ(cpu_weight(256), 35U);
  EXPECT_EQ(cpu_weight(1024), 100U);
  EXPECT_EQ(cpu_weight(262144), 10000U);
  EXPECT_EQ(cpu_weight(1'000'000), 10000U);
}

TEST(CpuLimits, RealtimeIsForV1) {
  const spec::Resources asked = cpu({.realtime_runtime = 900, .realtime_period = 1000});
  EXPECT_THAT(lines(1, asked), ElementsAre("cpu.rt_period_us 1000", "cpu.rt_runtime_us 900"));
  EXPECT_EQ(refusal(2, asked),
            "linux.resources.cpu.realtimeRuntime: cgroup v2 has no such setting");
}

TEST(CpuLimits, SetsAreTheirOwnController) {
  for (int version : {1, 2}) {
    EXPECT_THAT(lines(version, cpu({.cpus = "0-1", .mems = "0"})),
                ElementsAre("cpuset.cpus 0-1", "cpuset.mems 0"));
  }
  const Result<CgroupLimits> limits = Limits(2).decide(cpu({.cpus = "0"}));
  EXPECT_THAT(limits->v2_controllers, ElementsAre("cpuset"));
}

// --- the others ----------------------------------------------------------------------------------

TEST(PidsLimits, ZeroForbidsForkingAndMinusOneAllowsAll) {
  for (int version : {1, 2}) {
    EXPECT_THAT(lines(version, {.pids = spec::Pids{.limit = 77}}), ElementsAre("pids.max 77"));
    EXPECT_THAT(lines(version, {.pids = spec::Pids{.limit = 0}}), ElementsAre("pids.max 0"));
    EXPECT_THAT(lines(version, {.pids = spec::Pids{.limit = -1}}), ElementsAre("pids.max max"));
    EXPECT_THAT(lines(version, {.pids = spec::Pids{}}), IsEmpty());
  }
}

TEST(BlockIoLimits, WeightsFollowTheKernelsScheduler) {
  spec::BlockIo asked;
  asked.weight = 10;
  asked.weight_device = {{.major = 8, .minor = 0, .weight = 1000}};
  EXPECT_THAT(lines(1, {.block_io = asked}),
              ElementsAre("blkio.weight 10 | blkio.bfq.weight 10",
                          "blkio.weight_device 8:0 1000 | blkio.bfq.weight_device 8:0 1000"));
  EXPECT_THAT(lines(2, {.block_io = asked}),
              ElementsAre("io.bfq.weight 10 | io.weight 1",
                          "io.bfq.weight 8:0 1000 | io.weight 8:0 10000"));
}

TEST(BlockIoLimits, ThrottlesAreOneFileOnV2) {
  spec::BlockIo asked;
  asked.throttle_read_bps_device = {{.major = 8, .minor = 0, .rate = 100}};
  asked.throttle_write_bps_device = {{.major = 8, .minor = 0, .rate = 200}};
  asked.throttle_read_iops_device = {{.major = 8, .minor = 0, .rate = 300}};
  asked.throttle_write_iops_device = {{.major = 8, .minor = 0, .rate = 0}};
  EXPECT_THAT(lines(1, {.block_io = asked}), ElementsAre("blkio.throttle.read_bps_device 8:0 100",
                                                         "blkio.throttle.write_bps_device 8:0 200",
                                                         "blkio.throttle.read_iops_device 8:0 300",
                                                         "blkio.throttle.write_iops_device 8:0 0"));
  EXPECT_THAT(lines(2, {.block_io = asked}),
              ElementsAre("io.max 8:0 rbps=100", "io.max 8:0 wbps=200", "io.max 8:0 riops=300",
                          "io.max 8:0 wiops=max"));
}

TEST(BlockIoLimits, LeafWeightsAreForV1) {
  EXPECT_THAT(lines(1, {.block_io = spec::BlockIo{.leaf_weight = 20}}),
              ElementsAre("blkio.leaf_weight 20"));
  EXPECT_EQ(refusal(2, {.block_io = spec::BlockIo{.leaf_weight = 20}}),
            "linux.resources.blockIO.leafWeight: cgroup v2 has no such setting");
  EXPECT_EQ(refusal(2, {.block_io = spec::BlockIo{.weight = 9}}),
            "linux.resources.blockIO.weight: must be 10 to 1000");
}

TEST(HugepageLimits, CoverReservations) {
  const spec::Resources asked = {.hugepage_limits = {{.page_size = "2MB", .limit = 4096}}};
  EXPECT_THAT(lines(1, asked), ElementsAre("hugetlb.2MB.limit_in_bytes 4096",
                                           "hugetlb.2MB.rsvd.limit_in_bytes? 4096"));
  EXPECT_THAT(lines(2, asked), ElementsAre("hugetlb.2MB.max 4096", "hugetlb.2MB.rsvd.max? 4096"));
  EXPECT_EQ(refusal(2, {.hugepage_limits = {{.page_size = "../x", .limit = 1}}}),
            "linux.resources.hugepageLimits.pageSize: \"../x\" is no size of pages");
}

TEST(NetworkLimits, AreForV1) {
  const spec::Resources asked = {
      .network = spec::NetworkClass{.class_id = 0x100001,
                                    .priorities = {{.name = "eth0", .priority = 5}}}};
  EXPECT_THAT(lines(1, asked), ElementsAre("net_cls.classid 1048577", "net_prio.ifpriomap eth0 5"));
  EXPECT_EQ(Limits(2).decide(asked).error().kind, ErrorKind::Unsupported);
}

TEST(RdmaLimits, AreOneLineForEachDevice) {
  const spec::Resources asked = {
      .rdma = {{"mlx5_0", {.hca_handles = 3, .hca_objects = 10}}, {"mlx5_1", {.hca_objects = 4}}}};
  for (int version : {1, 2}) {
    EXPECT_THAT(lines(version, asked), ElementsAre("rdma.max mlx5_0 hca_handle=3 hca_object=10",
                                                   "rdma.max mlx5_1 hca_object=4"));
  }
}

TEST(UnifiedLimits, AreWrittenLineByLineAndLast) {
  const spec::Resources asked = {
      .pids = spec::Pids{.limit = 5},
      .unified = {{"io.max", "8:0 rbps=1\n8:16 rbps=2\n"}, {"cgroup.max.depth", "3"}}};
  EXPECT_THAT(lines(2, asked), ElementsAre("pids.max 5", "cgroup.max.depth 3", "io.max 8:0 rbps=1",
                                           "io.max 8:16 rbps=2"));
  EXPECT_THAT(Limits(2).decide(asked)->v2_controllers, ElementsAre("pids", "io"));
}

TEST(UnifiedLimits, AreOnlyLimitsAndOnlyForV2) {
  EXPECT_EQ(Limits(2).decide({.unified = {{"../x.y", "1"}}}).error().kind,
            ErrorKind::InvalidConfig);
  EXPECT_EQ(Limits(2).decide({.unified = {{"memory", "1"}}}).error().kind,
            ErrorKind::InvalidConfig);
  for (const char* file : {"cgroup.procs", "cgroup.kill", "cgroup.subtree_control"}) {
    EXPECT_EQ(Limits(2).decide({.unified = {{file, "1"}}}).error().kind, ErrorKind::Unsupported);
  }
  EXPECT_EQ(refusal(1, {.unified = {{"memory.high", "1"}}}),
            "linux.resources.unified[\"memory.high\"]: the memory controller is one of cgroup v1 "
            "here");
  EXPECT_EQ(Limits(1).decide({.unified = {{"cgroup.max.depth", "1"}}}).error().kind,
            ErrorKind::Unsupported);
}

}  // namespace
}  // namespace ocirt::plan
