// Cgroups of this host: made with their limits and device filters, for real.
#include "runtime/stages/cgroup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/unit/runtime/stages/cgroup_fixture.h"

namespace ocirt::stages {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// --- making --------------------------------------------------------------------------------------

TEST_F(CgroupTest, IsMadeInEveryHierarchyAndRemoved) {
  const plan::CgroupPlan plan = make();
  for (const auto& directory : plan.directories) EXPECT_TRUE(exists(full_path(directory)));
  EXPECT_EQ(plan.clone_into, static_cast<bool>(handles_.v2));
  const Result<> removed = remove_cgroup(plan.directories);
  EXPECT_TRUE(removed) << removed.error().message();
  for (const auto& directory : plan.directories) EXPECT_FALSE(exists(full_path(directory)));
}

TEST_F(CgroupTest, RemovingWhatIsGoneIsNoError) {
  EXPECT_TRUE(remove_cgroup(decide().directories));
}

TEST_F(CgroupTest, LimitsAreInForce) {
  if (!has_controller("memory") || !has_controller("pids")) GTEST_SKIP() << "lacks controllers";
  config_.linux_->resources = spec::Resources{};
  config_.linux_->resources->memory = spec::Memory{.limit = 64 << 20};
  config_.linux_->resources->pids = spec::Pids{.limit = 17};
  const plan::CgroupPlan plan = make();
  EXPECT_EQ(value(plan, "memory.limit_in_bytes", "memory.max"), "67108864");
  EXPECT_EQ(value(plan, "pids.max", "pids.max"), "17");
}

TEST_F(CgroupTest, ProcessorsAreInForceBelowParentsThatWereJustMade) {
  if (!has_controller("cpuset")) GTEST_SKIP() << "no cpuset controller";
  config_.linux_->cgroups_path = parent() + "/a/b/leaf";
  config_.linux_->resources = spec::Resources{};
  config_.linux_->resources->cpu = spec::Cpu{.cpus = "0"};
  const plan::CgroupPlan plan = make();
  EXPECT_EQ(value(plan, "cpuset.cpus", "cpuset.cpus"), "0");
  const Sleeper sleeper;
  enter(plan, sleeper.pid());
}

TEST_F(CgroupTest, AControllerIsHandedDownThroughEveryLevel) {
  const auto& levels = host_.cgroup.v2_levels;
  const auto offered = [&](const char* name) {
    return !levels.empty() &&
           std::count(levels[0].controllers.begin(), levels[0].controllers.end(), name) != 0;
  };
  if (!offered("hugetlb")) GTEST_SKIP() << "the v2 tree has no hugetlb controller";
  config_.linux_->cgroups_path = parent() + "/a/b/leaf";
  config_.linux_->resources = spec::Resources{};
  config_.linux_->resources->hugepage_limits = {{.page_size = "2MB", .limit = 4 << 20}};
  const plan::CgroupPlan plan = make();
  EXPECT_THAT(plan.enabled_controllers, ElementsAre("hugetlb"));
  EXPECT_EQ(value(plan, "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max"), "4194304");
}

TEST_F(CgroupTest, AControllerThatIsNotHandedDownIsNamedWithTheLevel) {
  if (!host_.cgroup.v2) GTEST_SKIP() << "no v2 tree";
  plan::CgroupPlan plan = decide();
  std::erase_if(plan.directories, [](const auto& directory) { return !directory.v2; });
  plan.writes.clear();
  plan.enabled_controllers = {"perf_event_of_another_kernel"};
  plan.accounted_controllers.clear();
  const Result<CgroupHandles> handles = make_cgroup(plan);
  ASSERT_FALSE(handles);
  EXPECT_EQ(handles.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(handles.error().text, "this host has no perf_event_of_another_kernel controller in " +
                                      host_.cgroup.v2->mount_point.text);
}

TEST_F(CgroupTest, FailureLeavesNothing) {
  plan::CgroupPlan plan = decide();
  plan.writes.push_back({.directory = 0, .file = "cgroup.procs", .value = "no number"});
  const Result<CgroupHandles> handles = make_cgroup(plan);
  ASSERT_FALSE(handles);
  EXPECT_EQ(handles.error().errno_value, EINVAL);
  EXPECT_THAT(handles.error().text, HasSubstr("write \"no number\" to "));
  for (const auto& directory : plan.directories) {
    EXPECT_FALSE(exists(directory.mount_point.text + parent()));
  }
}

TEST_F(CgroupTest, AFileThatTheKernelLacksIsNamed) {
  plan::CgroupPlan plan = decide();
  plan.writes.push_back({.directory = 0, .file = "memory.colour", .value = "blue"});
  EXPECT_EQ(make_cgroup(plan).error().kind, ErrorKind::Unsupported);
  plan.writes.back().optional = true;
  EXPECT_TRUE(make_cgroup(plan));
}

TEST_F(CgroupTest, TheOtherNameOfALimitIsUsedWhereTheFirstIsMissing) {
  plan::CgroupPlan plan = decide();
  plan.writes.push_back({.directory = 0,
                         .file = "no.such.file",
                         .value = "x",
                         .other_file = "cgroup.procs",
                         .other_value = "no number"});
  EXPECT_THAT(make_cgroup(plan).error().text, HasSubstr("write \"no number\" to "));
}

TEST_F(CgroupTest, AnEmptyOneThatExistsIsUsed) {
  (void)make();
  (void)make();
}

TEST_F(CgroupTest, OneWithSomebodyInItIsLeftAlone) {
  const plan::CgroupPlan plan = make();
  Sleeper sleeper;
  enter(plan, sleeper.pid());
  const Result<CgroupHandles> second = make_cgroup(plan);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::AlreadyExists);
  EXPECT_THAT(second.error().text, HasSubstr(std::to_string(sleeper.pid())));
  for (const auto& directory : plan.directories) EXPECT_TRUE(exists(full_path(directory)));
  EXPECT_THAT(*cgroup_pids(plan.directories), ElementsAre(sleeper.pid()));
}

TEST_F(CgroupTest, ItsOwnerMayManageIt) {
  if (!host_.cgroup.v2) GTEST_SKIP() << "no v2 tree";
  plan::CgroupPlan plan = decide();
  plan.owner = 12345;
  ASSERT_TRUE(make_cgroup(plan));
  const std::string path = full_path(plan.directories.back());
  for (const char* file : {"", "/cgroup.procs", "/cgroup.subtree_control"}) {
    struct stat info = {};
    ASSERT_EQ(stat((path + file).c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, 12345U) << file;
  }
  struct stat info = {};
  ASSERT_EQ(stat((path + "/cgroup.max.depth").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 0U);
}

// --- devices -------------------------------------------------------------------------------------

// Whether a process in the cgroups of `plan` may open /dev/null and the kernel's messages.
std::pair<bool, bool> may_open(const plan::CgroupPlan& plan) {
  Result<CgroupHandles> handles = open_cgroup(plan.directories, false);
  EXPECT_TRUE(handles);
  const pid_t child = fork();
  if (child == 0) {
    if (!enter_cgroup(plan, *handles, getpid())) _exit(99);
    const bool null = static_cast<bool>(UniqueFd(open("/dev/null", O_RDWR | O_CLOEXEC)));
    const bool messages = static_cast<bool>(UniqueFd(open("/dev/kmsg", O_RDONLY | O_CLOEXEC)));
    _exit((null ? 1 : 0) | (messages ? 2 : 0));
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_LT(WEXITSTATUS(status), 4);
  return {(WEXITSTATUS(status) & 1) != 0, (WEXITSTATUS(status) & 2) != 0};
}

class CgroupDevicesTest : public CgroupTest {
 protected:
  void SetUp() override {
    CgroupTest::SetUp();
    if (!UniqueFd(open("/dev/kmsg", O_RDONLY | O_CLOEXEC))) GTEST_SKIP() << "no /dev/kmsg";
  }

  // The plan with only its v2 directory, whose filter is a program.
  [[nodiscard]] plan::CgroupPlan only_v2() const {
    plan::CgroupPlan plan = decide();
    std::erase_if(plan.directories, [](const auto& directory) { return !directory.v2; });
    plan.writes.clear();
    return plan;
  }

  void allow_messages() {
    config_.linux_->resources = spec::Resources{
        .devices = {{.allow = true, .type = "c", .major = 1, .minor = 11, .access = "r"}}};
  }
};

// GHSA-g54h-m393-cpwq, in the kernel: nothing was said about devices.
TEST_F(CgroupDevicesTest, OnlyTheDefaultsAreAllowed) {
  EXPECT_EQ(may_open(make()), std::pair(true, false));
}

TEST_F(CgroupDevicesTest, WhatTheConfigAllowsIsAllowed) {
  allow_messages();
  EXPECT_EQ(may_open(make()), std::pair(true, true));
}

TEST_F(CgroupDevicesTest, TheProgramDoesWhatTheListDoes) {
  if (!host_.cgroup.v2) GTEST_SKIP() << "no v2 tree";
  plan::CgroupPlan plan = only_v2();
  ASSERT_TRUE(make_cgroup(plan));
  EXPECT_EQ(may_open(plan), std::pair(true, false));
  ASSERT_TRUE(remove_cgroup(plan.directories));
  allow_messages();
  plan = only_v2();
  ASSERT_TRUE(make_cgroup(plan));
  EXPECT_EQ(may_open(plan), std::pair(true, true));
}

}  // namespace
}  // namespace ocirt::stages
