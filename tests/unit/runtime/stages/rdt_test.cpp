// Classes of service: on a stand-in for resctrl, since few machines have one. It shows what is
// made, written, compared and removed; not what a processor makes of it.
#include "runtime/stages/rdt.h"

#include <gtest/gtest.h>

#include <string>

#include "runtime/stages/rdt_stats.h"
#include "tests/unit/support/scratch.h"

namespace ocirt::stages {
namespace {

using test::exists;
using test::read_text;

// A class that an administrator has set up: the kernel makes these files with the directory.
class RdtTest : public testing::Test {
 protected:
  void SetUp() override {
    root_.directory("gold/mon_groups/web");
    root_.file("gold/schemata", "    MB:0=100;1=100\n    L3:0=00ff;1=0F\n");
    root_.file("gold/tasks");
    root_.file("gold/mon_groups/web/tasks");
  }
  [[nodiscard]] plan::RdtPlan plan(const std::string& group) const {
    return {.mount_point = {root_.path()}, .group = group};
  }
  test::ScratchDir root_;
};

TEST(RdtSchema, IsFoundWhateverZerosAndLettersItIsWrittenWith) {
  const std::string present = "    MB:0=100;1=50\n    L3:0=000ff;1=000f0\n";
  EXPECT_TRUE(has_schema(present, "L3:0=ff;1=F0"));
  EXPECT_TRUE(has_schema(present, "L3:1=f0"));
  EXPECT_TRUE(has_schema(present, "MB:0=100"));
  EXPECT_FALSE(has_schema(present, "L3:0=f"));
  EXPECT_FALSE(has_schema(present, "L3:2=ff"));
  EXPECT_FALSE(has_schema(present, "L2:0=ff"));
}

TEST_F(RdtTest, AClassByItsNameAloneMustBeThere) {
  EXPECT_TRUE(make_rdt(plan("gold")));
  const Result<> missing = make_rdt(plan("silver"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_FALSE(exists(root_ / "silver"));
}

TEST_F(RdtTest, AClassThatIsThereMustHaveTheSameSchemata) {
  plan::RdtPlan same = plan("gold");
  same.make = true;
  same.schemata = {"L3:0=ff;1=f", "MB:0=100;1=100"};
  same.compared = 2;
  EXPECT_TRUE(make_rdt(same));
  same.schemata[0] = "L3:0=1";
  const Result<> other = make_rdt(same);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::InvalidConfig);
}

TEST_F(RdtTest, SchemataAreWrittenInOrder) {
  plan::RdtPlan wanted = plan("gold");
  wanted.make = true;
  wanted.schemata = {"L3:0=1"};
  ASSERT_TRUE(make_rdt(wanted));
  // The kernel takes each write as lines of its own; a file on disk is written over from its start.
  EXPECT_TRUE(read_text(root_ / "gold/schemata").starts_with("L3:0=1\n"));
}

TEST_F(RdtTest, AClassOfTheContainersOwnMustBeNewAndGoesWithIt) {
  plan::RdtPlan own = plan("web");
  own.make = own.own = true;
  ASSERT_TRUE(make_rdt(own));
  EXPECT_TRUE(exists(root_ / "web"));
  const Result<> again = make_rdt(own);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::AlreadyExists);
  EXPECT_TRUE(remove_rdt(rdt_groups(own)));
  EXPECT_FALSE(exists(root_ / "web"));
  EXPECT_TRUE(remove_rdt(rdt_groups(own))) << "twice";
}

TEST_F(RdtTest, WhatFailsHalfwayIsRemoved) {
  plan::RdtPlan own = plan("web");
  own.make = own.own = true;
  own.schemata = {"L3:0=1"};  // a stand-in makes no file `schemata` with the directory
  EXPECT_FALSE(make_rdt(own));
  EXPECT_FALSE(exists(root_ / "web"));
}

TEST_F(RdtTest, AMonitoringGroupThatIsTakenIsAnError) {
  plan::RdtPlan monitored = plan("gold");
  monitored.monitor = "web";
  EXPECT_FALSE(make_rdt(monitored));
  monitored.monitor = "new";
  EXPECT_TRUE(make_rdt(monitored));
  EXPECT_TRUE(remove_rdt(rdt_groups(monitored)));
  EXPECT_FALSE(exists(root_ / "gold/mon_groups/new"));
  EXPECT_TRUE(exists(root_ / "gold"));
}

TEST_F(RdtTest, AProcessEntersTheClassAndThenItsMonitoringGroup) {
  plan::RdtPlan monitored = plan("gold");
  monitored.monitor = "web";
  ASSERT_TRUE(enter_rdt(rdt_groups(monitored), 4242));
  EXPECT_EQ(read_text(root_ / "gold/tasks"), "4242");
  EXPECT_EQ(read_text(root_ / "gold/mon_groups/web/tasks"), "4242");
}

TEST_F(RdtTest, TheDefaultClassIsTheRoot) {
  root_.file("tasks");
  ASSERT_TRUE(make_rdt(plan("")));
  ASSERT_TRUE(enter_rdt(rdt_groups(plan("")), 7));
  EXPECT_EQ(read_text(root_ / "tasks"), "7");
}

// --- of a container that runs
// ----------------------------------------------------------------------

TEST_F(RdtTest, SchemataCanBeChanged) {
  const std::vector<std::string> lines = {"MB:0=50"};
  EXPECT_TRUE(update_rdt({.group = root_ / "gold"}, lines));
  EXPECT_EQ(read_text(root_ / "gold/schemata").substr(0, 8), "MB:0=50\n");
  const Result<> without = update_rdt({}, lines);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().kind, ErrorKind::Unsupported);
  EXPECT_TRUE(update_rdt({}, {}));
}

TEST_F(RdtTest, StatisticsAreOfTheClassAndOfTheRoot) {
  root_.directory("info/L3");
  root_.file("schemata", "    MB:0=100;1=100\n    L3:0=ffff;1=ffff\n");
  root_.file("info/L3/cbm_mask", "ffff\n");
  root_.file("info/L3/min_cbm_bits", "2\n");
  root_.file("info/L3/num_closids", "16\n");
  root_.directory("gold/mon_data/mon_L3_01");
  root_.directory("gold/mon_data/mon_L3_00");
  root_.file("gold/mon_data/mon_L3_00/llc_occupancy", "4096\n");
  root_.file("gold/mon_data/mon_L3_01/mbm_total_bytes", "7\n");
  const Result<RdtStats> stats = read_rdt_stats({.group = root_ / "gold"});
  ASSERT_TRUE(stats) << stats.error().message();
  const RdtStats expected = {.cache = CacheInfo{.mask = "ffff", .fewest_bits = 2, .classes = 16},
                             .cache_schema = "L3:0=00ff;1=0F",
                             .cache_schema_of_root = "L3:0=ffff;1=ffff",
                             .bandwidth_schema = "MB:0=100;1=100",
                             .bandwidth_schema_of_root = "MB:0=100;1=100",
                             .domains = {{.occupancy = 4096}, {.total_bytes = 7}}};
  EXPECT_EQ(*stats, expected);
}

TEST(RdtStats, OfAContainerWithoutAClassAreNone) {
  const Result<RdtStats> stats = read_rdt_stats({});
  ASSERT_TRUE(stats);
  EXPECT_EQ(*stats, RdtStats());
}

}  // namespace
}  // namespace ocirt::stages
