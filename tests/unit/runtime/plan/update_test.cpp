// Which files `update` writes, in which order, and which limits a container has afterwards.
#include "runtime/plan/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kMiB = 1 << 20;

// A container whose one directory has every controller, as `version`.
class Container {
 public:
  Container(int version, spec::Resources old, CurrentValues current = {})
      : old_(std::move(old)), current_(std::move(current)) {
    directories_ = {
        {.controllers = {"memory", "cpu", "cpuset", "pids", version == 1 ? "blkio" : "io"},
         .v2 = version == 2,
         .mount_point = {"/sys/fs/cgroup"},
         .path = "/x"}};
    if (version == 1) facts_.v1 = {{directories_[0].controllers, {"/sys/fs/cgroup"}, "/"}};
    facts_.layout = version == 1 ? CgroupLayout::V1 : CgroupLayout::V2;
  }

  [[nodiscard]] Result<UpdatePlan> decide(const spec::Resources& asked) const {
    return decide_update(old_, asked, current_,
                         {.facts = facts_, .directories = directories_, .privileged = true});
  }

  // "file value" for each write.
  [[nodiscard]] std::vector<std::string> writes(const spec::Resources& asked) const {
    const Result<UpdatePlan> plan = decide(asked);
    if (!plan) return {"error: " + plan.error().message()};
    std::vector<std::string> lines;
    for (const CgroupWrite& write : plan->writes) lines.push_back(write.file + " " + write.value);
    return lines;
  }

 private:
  spec::Resources old_;
  CurrentValues current_;
  CgroupFacts facts_;
  std::vector<CgroupDirectory> directories_;
};

spec::Resources memory(spec::Memory values) {
  return {.memory = values};
}

spec::Resources cpu(spec::Cpu values) {
  return {.cpu = std::move(values)};
}

// --- only what is given
// ----------------------------------------------------------------------------

TEST(Update, WritesOnlyWhatIsGiven) {
  const spec::Resources old = {.memory = spec::Memory{.limit = 64 * kMiB},
                               .cpu = spec::Cpu{.shares = 512, .cpus = "0"},
                               .pids = spec::Pids{.limit = 9}};
  EXPECT_THAT(Container(2, old).writes({.pids = spec::Pids{.limit = 5}}),
              ElementsAre("pids.max 5"));
  EXPECT_THAT(Container(1, old).writes(cpu({.mems = "0"})), ElementsAre("cpuset.mems 0"));
}

TEST(Update, TakesZerosAndEmptyTextsAsNothing) {
  const spec::Resources zeros = {
      .memory = spec::Memory{.limit = 0, .reservation = 0, .swap = 0},
      .cpu = spec::Cpu{.shares = 0, .quota = 0, .period = 0, .cpus = "", .mems = ""},
      .block_io = spec::BlockIo{.weight = 0}};
  const spec::Resources old = {.memory = spec::Memory{.limit = 64 * kMiB, .swap = 80 * kMiB},
                               .cpu = spec::Cpu{.quota = 1000}};
  for (const int version : {1, 2}) {
    EXPECT_THAT(Container(version, old).writes(zeros), IsEmpty());
    const Result<UpdatePlan> plan = Container(version, old).decide(zeros);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->resources, old);
  }
}

TEST(Update, LeavesDevicesAlone) {
  const spec::Resources old = {.devices = {{.allow = true, .type = "c"}}};
  const spec::Resources asked = {.devices = {{.allow = false}}};
  const Result<UpdatePlan> plan = Container(1, old).decide(asked);
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->writes, IsEmpty());
  EXPECT_EQ(plan->resources, old);
}

TEST(Update, LiftsLimitsWithMinusOne) {
  const spec::Resources asked = {.memory = spec::Memory{.limit = -1, .reservation = -1},
                                 .cpu = spec::Cpu{.quota = -1},
                                 .pids = spec::Pids{.limit = -1}};
  EXPECT_THAT(Container(2, {}).writes(asked),
              ElementsAre("memory.max max", "memory.swap.max max", "memory.low max", "cpu.max max",
                          "pids.max max"));
  EXPECT_THAT(Container(1, {}, {{"memory.memsw.limit_in_bytes", "1048576\n"}}).writes(asked),
              ElementsAre("memory.memsw.limit_in_bytes -1", "memory.limit_in_bytes -1",
                          "memory.soft_limit_in_bytes -1", "cpu.cfs_quota_us -1", "pids.max max"));
}

TEST(Update, AsksForTheControllersThatItNeeds) {
  const Result<UpdatePlan> plan = Container(2, {}).decide(cpu({.quota = 1000, .cpus = "0"}));
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->enabled_controllers, ElementsAre("cpu", "cpuset"));
}

// --- memory and swap
// -------------------------------------------------------------------------------

TEST(Update, KeepsMemoryAndSwapTogetherAsTheyWereInVersion2) {
  const spec::Resources old = memory({.limit = 100 * kMiB, .swap = 300 * kMiB});
  // 300 together: less memory leaves more for swap.
  EXPECT_THAT(
      Container(2, old, {{"memory.swap.max", "209715200\n"}}).writes(memory({.limit = 50 * kMiB})),
      ElementsAre("memory.swap.max 262144000", "memory.max 52428800"));
  EXPECT_THAT(
      Container(2, old, {{"memory.swap.max", "209715200\n"}}).writes(memory({.limit = 150 * kMiB})),
      ElementsAre("memory.max 157286400", "memory.swap.max 157286400"));
  EXPECT_THAT(Container(2, old).writes(memory({.swap = 150 * kMiB})),
              ElementsAre("memory.swap.max 52428800"));
}

TEST(Update, OfMemoryAloneLeavesUnlimitedSwapInVersion2) {
  EXPECT_THAT(Container(2, {}).writes(memory({.limit = kMiB})), ElementsAre("memory.max 1048576"));
}

TEST(Update, RaisesSwapBeforeMemoryInVersion1) {
  const Container small(1, memory({.limit = 10, .swap = 20}),
                        {{"memory.memsw.limit_in_bytes", "20\n"}});
  EXPECT_THAT(small.writes(memory({.limit = 30, .swap = 40})),
              ElementsAre("memory.memsw.limit_in_bytes 40", "memory.limit_in_bytes 30"));
  EXPECT_THAT(small.writes(memory({.limit = 3, .swap = 4})),
              ElementsAre("memory.limit_in_bytes 3", "memory.memsw.limit_in_bytes 4"));
}

TEST(Update, OfMemoryBeyondMemoryAndSwapSaysWhatToDo) {
  const Container container(1, memory({.limit = 10, .swap = 20}));
  const Result<UpdatePlan> plan = container.decide(memory({.limit = 30}));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(plan.error().message(),
            "the new memory limit 30 is more than that of memory and swap together, 20");
  EXPECT_THAT(plan.error().hint, HasSubstr("--memory-swap"));
}

TEST(Update, KeepsAContainerWithoutSwapWithout) {
  const spec::Resources old = memory({.limit = 10, .swap = 0});
  EXPECT_THAT(Container(2, old).writes(memory({.limit = 30})),
              ElementsAre("memory.max 30", "memory.swap.max 0"));
  EXPECT_THAT(
      Container(1, old, {{"memory.memsw.limit_in_bytes", "10\n"}}).writes(memory({.limit = 30})),
      ElementsAre("memory.memsw.limit_in_bytes 30", "memory.limit_in_bytes 30"));
}

TEST(Update, ChecksTheUsageIfAskedTo) {
  const CurrentValues used = {{"memory.current", "1000\n"}, {"memory.swap.current", "50\n"}};
  const Container strict(2, memory({.check_before_update = true}), used);
  EXPECT_THAT(strict.writes(memory({.limit = 999})),
              ElementsAre("error: the container uses 1000 bytes of memory, more than the new limit "
                          "999 (memory.checkBeforeUpdate)"));
  EXPECT_THAT(strict.writes(memory({.limit = 1000, .swap = 1049})),
              ElementsAre(HasSubstr("uses 1050 bytes of memory and swap")));
  EXPECT_THAT(strict.writes(memory({.limit = 1000})), ElementsAre("memory.max 1000"));
  EXPECT_THAT(Container(2, {}, used).writes(memory({.limit = 999})), ElementsAre("memory.max 999"));
}

// --- processors
// ------------------------------------------------------------------------------------

TEST(Update, OfThePeriodKeepsTheQuotaInVersion2) {
  const spec::Resources old = cpu({.quota = 5000, .period = 10000});
  EXPECT_THAT(Container(2, old).writes(cpu({.period = 20000})), ElementsAre("cpu.max 5000 20000"));
  EXPECT_THAT(Container(2, old).writes(cpu({.quota = 7000})), ElementsAre("cpu.max 7000 10000"));
  EXPECT_THAT(Container(1, old).writes(cpu({.period = 20000})),
              ElementsAre("cpu.cfs_period_us 20000"));
}

TEST(Update, NeverGivesMoreThanBothInBetween) {
  const CurrentValues current = {{"cpu.cfs_period_us", "100000\n"}, {"cpu.rt_period_us", "1000\n"}};
  const Container container(1, {}, current);
  EXPECT_THAT(container.writes(cpu({.quota = 500, .period = 50000})),
              ElementsAre("cpu.cfs_quota_us 500", "cpu.cfs_period_us 50000"));
  EXPECT_THAT(container.writes(cpu({.quota = 500, .period = 200000})),
              ElementsAre("cpu.cfs_period_us 200000", "cpu.cfs_quota_us 500"));
  EXPECT_THAT(container.writes(cpu({.realtime_runtime = 5, .realtime_period = 10})),
              ElementsAre("cpu.rt_runtime_us 5", "cpu.rt_period_us 10"));
}

TEST(Update, LowersTheBurstBeforeTheQuota) {
  const CurrentValues current = {
      {"cpu.cfs_period_us", "100000\n"}, {"cpu.cfs_burst_us", "900\n"}, {"cpu.max.burst", "900\n"}};
  const spec::Resources lower = cpu({.quota = 500, .burst = 100, .period = 5000});
  EXPECT_THAT(
      Container(1, {}, current).writes(lower),
      ElementsAre("cpu.cfs_burst_us 100", "cpu.cfs_quota_us 500", "cpu.cfs_period_us 5000"));
  EXPECT_THAT(Container(2, {}, current).writes(lower),
              ElementsAre("cpu.max.burst 100", "cpu.max 500 5000"));
  EXPECT_THAT(Container(2, {}, current).writes(cpu({.quota = 5000, .burst = 2000})),
              ElementsAre("cpu.max 5000", "cpu.max.burst 2000"));
}

TEST(Update, WakesAnIdleContainerBeforeItGetsAWeight) {
  EXPECT_THAT(Container(2, {}).writes(cpu({.shares = 1024, .idle = 0})),
              ElementsAre("cpu.idle 0", "cpu.weight 100"));
  EXPECT_THAT(Container(1, {}).writes(cpu({.shares = 1024, .idle = 1})),
              ElementsAre("cpu.shares 1024", "cpu.idle 1"));
}

// --- what is remembered
// ----------------------------------------------------------------------------

TEST(Update, RemembersOldLimitsAndNew) {
  const spec::Resources old = {
      .memory = spec::Memory{.limit = 10, .swap = 20},
      .block_io = spec::BlockIo{.throttle_read_bps_device = {{8, 0, 100}, {8, 16, 200}}},
      .hugepage_limits = {{"2MB", 4096}},
      .unified = {{"cpu.weight", "100"}}};
  const spec::Resources asked = {
      .memory = spec::Memory{.limit = 5},
      .pids = spec::Pids{.limit = 0},
      .block_io =
          spec::BlockIo{.weight = 500, .throttle_read_bps_device = {{8, 16, 0}, {8, 32, 300}}},
      .hugepage_limits = {{"2MB", 0}, {"1GB", 1 << 30}},
      .unified = {{"cpu.weight", "200"}, {"memory.high", "4"}}};
  const spec::Resources expected = {
      .memory = spec::Memory{.limit = 5, .swap = 20},
      .pids = spec::Pids{.limit = 0},
      .block_io =
          spec::BlockIo{.weight = 500,
                        .throttle_read_bps_device = {{8, 0, 100}, {8, 16, 0}, {8, 32, 300}}},
      .hugepage_limits = {{"2MB", 0}, {"1GB", 1 << 30}},
      .unified = {{"cpu.weight", "200"}, {"memory.high", "4"}}};
  EXPECT_EQ(merge_resources(old, asked), expected);
}

}  // namespace
}  // namespace ocirt::plan
