#include <gtest/gtest.h>

#include <string>

#include "runtime/plan/sections.h"

namespace ocirt::plan {
namespace {

Result<std::optional<RdtPlan>> decide(const spec::IntelRdt& asked, bool resctrl = true) {
  spec::Config config;
  config.linux_.emplace().intel_rdt = asked;
  HostFacts host;
  host.resctrl = resctrl;
  return decide_rdt(config, host, "web");
}

RdtPlan plan_of(const spec::IntelRdt& asked) {
  return decide(asked)->value();
}

TEST(DecideRdt, NeedsAMountedResctrl) {
  const auto refused = decide({}, /*resctrl=*/false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(refused.error().text.find("resctrl"), std::string::npos);
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST(DecideRdt, WithoutAClassTheContainerHasOneOfItsOwn) {
  const RdtPlan plan = plan_of({});
  EXPECT_EQ(plan.group, "web");
  EXPECT_TRUE(plan.make);
  EXPECT_TRUE(plan.own);
}

TEST(DecideRdt, AClassWithSchemataIsMadeButStays) {
  const RdtPlan plan = plan_of({.clos_id = "gold", .mem_bw_schema = "MB:0=50"});
  EXPECT_EQ(plan.group, "gold");
  EXPECT_TRUE(plan.make);
  EXPECT_FALSE(plan.own);
}

TEST(DecideRdt, AClassByItsNameAloneIsNotMade) {
  EXPECT_FALSE(plan_of({.clos_id = "gold"}).make);
}

TEST(DecideRdt, ASlashIsTheDefaultClass) {
  const RdtPlan plan = plan_of({.clos_id = "/", .schemata = {"L3:0=f"}});
  EXPECT_EQ(plan.group, "");
  EXPECT_FALSE(plan.make);
}

TEST(DecideRdt, CachesComeBeforeBandwidthAndTheWholeLast) {
  const RdtPlan plan = plan_of(
      {.schemata = {"L2:0=1", "L3:0=2"}, .l3_cache_schema = "L3:0=f", .mem_bw_schema = "MB:0=50"});
  EXPECT_EQ(plan.schemata, (std::vector<std::string>{"L3:0=f", "MB:0=50", "L2:0=1", "L3:0=2"}));
  EXPECT_EQ(plan.compared, 2);
}

TEST(DecideRdt, MonitoringIsNamedAfterTheContainer) {
  EXPECT_EQ(plan_of({.clos_id = "gold"}).monitor, "");
  EXPECT_EQ(plan_of({.clos_id = "gold", .enable_monitoring = true}).monitor, "web");
}

}  // namespace
}  // namespace ocirt::plan
