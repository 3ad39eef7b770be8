// Limits of a cgroup that exists, changed in the real kernel.
#include "runtime/stages/cgroup_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/stages/cgroup_stats.h"
#include "tests/unit/runtime/stages/cgroup_fixture.h"

namespace ocirt::stages {
namespace {

using testing::HasSubstr;

class CgroupUpdate : public CgroupTest {
 protected:
  // What decide_update() makes of `asked` for the cgroup of `made`.
  Result<> update(const plan::CgroupPlan& made, const spec::Resources& asked) {
    Result<plan::UpdatePlan> plan = plan::decide_update(
        {}, asked, read_current_values(made.directories),
        {.facts = host_.cgroup, .directories = made.directories, .privileged = true});
    if (!plan) return std::move(plan).error();
    return update_cgroup(made.directories, *plan);
  }
};

TEST_F(CgroupUpdate, SetsALimitAndLiftsItAgain) {
  if (!has_controller("pids")) GTEST_SKIP() << "needs the pids controller";
  const plan::CgroupPlan made = make();
  ASSERT_TRUE(update(made, {.pids = spec::Pids{.limit = 7}}));
  EXPECT_EQ(value(made, "pids.max", "pids.max"), "7");
  const Result<CgroupStats> stats = read_cgroup_stats(made.directories);
  ASSERT_TRUE(stats) << stats.error().message();
  EXPECT_EQ(stats->pids_limit, 7);

  ASSERT_TRUE(update(made, {.pids = spec::Pids{.limit = -1}}));
  EXPECT_EQ(value(made, "pids.max", "pids.max"), "max");
}

TEST_F(CgroupUpdate, PutsBackWhatItChangedBeforeAnError) {
  if (!has_controller("pids") || !has_controller("cpu")) GTEST_SKIP() << "needs cpu and pids";
  const plan::CgroupPlan made = make();
  ASSERT_TRUE(update(made, {.cpu = spec::Cpu{.shares = 500}, .pids = spec::Pids{.limit = 7}}));
  const std::string weight = value(made, "cpu.shares", "cpu.weight");

  plan::UpdatePlan plan;
  Result<plan::UpdatePlan> first = plan::decide_update(
      {}, {.cpu = spec::Cpu{.shares = 900}, .pids = spec::Pids{.limit = 9}}, {},
      {.facts = host_.cgroup, .directories = made.directories, .privileged = true});
  ASSERT_TRUE(first);
  plan = *std::move(first);
  plan.writes.push_back(plan.writes.back());
  plan.writes.back().value = "many";
  const Result<> updated = update_cgroup(made.directories, plan);
  ASSERT_FALSE(updated);
  EXPECT_THAT(updated.error().message(), HasSubstr("write \"many\" to "));
  EXPECT_THAT(updated.error().message(), HasSubstr("/pids.max"));
  EXPECT_THAT(updated.error().hint, HasSubstr("as they were"));
  EXPECT_EQ(value(made, "pids.max", "pids.max"), "7");
  EXPECT_EQ(value(made, "cpu.shares", "cpu.weight"), weight);
}

TEST_F(CgroupUpdate, OfACgroupThatIsGoneHasNoStatistics) {
  const plan::CgroupPlan made = make();
  ASSERT_TRUE(remove_cgroup(made.directories));
  const Result<CgroupStats> stats = read_cgroup_stats(made.directories);
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace ocirt::stages
