// Processes in cgroups of this host: entered, listed, signalled, frozen, killed, and removed from.
#include "runtime/stages/cgroup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sys/cgroup.h"
#include "sys/process.h"
#include "tests/unit/runtime/stages/cgroup_fixture.h"

namespace ocirt::stages {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CgroupMembersTest : public CgroupTest {};

// --- processes -----------------------------------------------------------------------------------

TEST_F(CgroupMembersTest, InitIsBornInItsCgroup) {
  const plan::CgroupPlan plan = make();
  if (!plan.clone_into) GTEST_SKIP() << "no v2 tree";
  Result<sys::Child> child = sys::spawn(
      {.flags = 0, .cgroup_fd = handles_.v2.get()},
      [](void*) noexcept {
        while (true) pause();
      },
      nullptr);
  ASSERT_TRUE(child) << child.error().message();
  ASSERT_TRUE(enter_cgroup(plan, handles_, child->pid()));
  const std::string path = "/proc/" + std::to_string(child->pid()) + "/cgroup";
  const std::string text = *sys::read_file(AT_FDCWD, path.c_str(), 1 << 16);
  EXPECT_EQ(static_cast<size_t>(std::count(text.begin(), text.end(), '\n')),
            plan.directories.size())
      << text;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    EXPECT_THAT(text.substr(at, text.find('\n', at) - at), HasSubstr(parent() + "/leaf"));
  }
}

TEST_F(CgroupMembersTest, MembersAreThoseBelowToo) {
  const plan::CgroupPlan plan = make();
  EXPECT_THAT(*cgroup_pids(plan.directories), IsEmpty());
  const Sleeper first, second;
  enter(plan, first.pid());
  config_.linux_->cgroups_path = parent() + "/leaf/below";
  enter(make(), second.pid());
  EXPECT_THAT(*cgroup_pids(plan.directories), ElementsAre(std::min(first.pid(), second.pid()),
                                                          std::max(first.pid(), second.pid())));
  EXPECT_THAT(*cgroup_pids({}), IsEmpty());
}

TEST_F(CgroupMembersTest, ASignalReachesEveryMember) {
  const plan::CgroupPlan plan = make();
  Sleeper first, second, stranger;
  enter(plan, first.pid());
  enter(plan, second.pid());
  ASSERT_TRUE(signal_cgroup(plan.directories, SIGTERM));
  EXPECT_EQ(first.wait_for_signal(), SIGTERM);
  EXPECT_EQ(second.wait_for_signal(), SIGTERM);
  EXPECT_EQ(kill(stranger.pid(), 0), 0);
}

// By all hierarchies together, and by each that can freeze alone.
TEST_F(CgroupMembersTest, FrozenIsFrozenUntilThawed) {
  const plan::CgroupPlan plan = make();
  std::vector<std::span<const plan::CgroupDirectory>> ways = {plan.directories};
  for (const plan::CgroupDirectory& directory : plan.directories) {
    const std::vector<std::string> freezer = {"freezer"};
    if (directory.v2 || directory.controllers == freezer) ways.emplace_back(&directory, 1);
  }
  for (const std::span<const plan::CgroupDirectory> way : ways) {
    // It handles the signal, since v2 lets a signal through that nobody handles and that is fatal.
    (void)signal(SIGTERM, [](int) { _exit(7); });
    Sleeper sleeper;
    (void)signal(SIGTERM, SIG_DFL);
    const Result<sys::Pidfd> pidfd = sys::Pidfd::open(sleeper.pid());
    ASSERT_TRUE(pidfd);
    enter(plan, sleeper.pid());
    EXPECT_FALSE(*is_frozen(way));
    const Result<> frozen = freeze_cgroup(way);
    ASSERT_TRUE(frozen) << frozen.error().message();
    EXPECT_TRUE(*is_frozen(way));
    ASSERT_TRUE(pidfd->send_signal(SIGTERM));
    EXPECT_FALSE(*pidfd->wait_for_end(50));
    ASSERT_TRUE(thaw_cgroup(way));
    EXPECT_FALSE(*is_frozen(way));
    EXPECT_TRUE(*pidfd->wait_for_end(5000));
  }
}

TEST_F(CgroupMembersTest, WithoutACgroupNothingCanBeFrozen) {
  EXPECT_EQ(freeze_cgroup({}).error().kind, ErrorKind::Unsupported);
  EXPECT_FALSE(*is_frozen({}));
}

TEST_F(CgroupMembersTest, KillReachesTheFrozenAndThoseBelow) {
  const plan::CgroupPlan plan = make();
  Sleeper first, second;
  enter(plan, first.pid());
  config_.linux_->cgroups_path = parent() + "/leaf/below";
  enter(make(), second.pid());
  ASSERT_TRUE(freeze_cgroup(plan.directories));
  const Result<> killed = kill_cgroup(plan.directories);
  ASSERT_TRUE(killed) << killed.error().message();
  EXPECT_EQ(first.wait_for_signal(), SIGKILL);
  EXPECT_EQ(second.wait_for_signal(), SIGKILL);
}

// Each hierarchy alone: by cgroup.kill, by the freezer, and by rounds of signals.
TEST_F(CgroupMembersTest, KillWorksWithAnyHierarchy) {
  const plan::CgroupPlan plan = make();
  for (const plan::CgroupDirectory& directory : plan.directories) {
    Sleeper sleeper;
    enter(plan, sleeper.pid());
    const Result<> killed = kill_cgroup({&directory, 1});
    ASSERT_TRUE(killed) << full_path(directory) << ": " << killed.error().message();
    EXPECT_EQ(sleeper.wait_for_signal(), SIGKILL) << full_path(directory);
  }
}

// Passes its life on to a child, again and again, in the cgroups of `plan`. The returned pipe ends
// when all of them are gone.
UniqueFd start_forking(const plan::CgroupPlan& plan, pid_t& first) {
  Result<CgroupHandles> handles = open_cgroup(plan.directories, false);
  EXPECT_TRUE(handles);
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  first = fork();
  if (first == 0) {
    if (!enter_cgroup(plan, *handles, getpid())) _exit(99);
    (void)!write(writer.get(), "x", 1);
    while (true) {
      if (fork() > 0) _exit(0);
    }
  }
  char byte = 0;
  EXPECT_EQ(read(reader.get(), &byte, 1), 1);
  return reader;
}

TEST_F(CgroupMembersTest, NobodyEscapesByForking) {
  const plan::CgroupPlan plan = make();
  std::vector<std::span<const plan::CgroupDirectory>> ways = {plan.directories};
  for (const plan::CgroupDirectory& directory : plan.directories) {
    const std::vector<std::string> freezer = {"freezer"};
    if (directory.controllers == freezer) ways.emplace_back(&directory, 1);
  }
  for (const std::span<const plan::CgroupDirectory> way : ways) {
    pid_t first = 0;
    const UniqueFd reader = start_forking(plan, first);
    const Result<> killed = kill_cgroup(way);
    EXPECT_TRUE(killed) << killed.error().message();
    pollfd end = {.fd = reader.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&end, 1, 5000), 1);
    EXPECT_EQ(waitpid(first, nullptr, 0), first);
  }
}

// --- removing ------------------------------------------------------------------------------------

TEST_F(CgroupMembersTest, WhatThePayloadMadeBelowIsRemovedToo) {
  const plan::CgroupPlan plan = make();
  config_.linux_->cgroups_path = parent() + "/leaf/a/b";
  (void)make();
  config_.linux_->cgroups_path = parent() + "/leaf/c";
  (void)make();
  const Result<> removed = remove_cgroup(plan.directories);
  ASSERT_TRUE(removed) << removed.error().message();
  for (const auto& directory : plan.directories) EXPECT_FALSE(exists(full_path(directory)));
}

TEST_F(CgroupMembersTest, TheDyingAreWaitedFor) {
  const plan::CgroupPlan plan = make();
  Sleeper sleeper;
  enter(plan, sleeper.pid());
  // It dies only while we are removing already.
  const pid_t killer = fork();
  if (killer == 0) {
    (void)usleep(50'000);
    (void)kill(sleeper.pid(), SIGKILL);
    _exit(0);
  }
  const Result<> removed = remove_cgroup(plan.directories);
  EXPECT_TRUE(removed) << removed.error().message();
  EXPECT_EQ(sleeper.wait_for_signal(), SIGKILL);
  EXPECT_EQ(waitpid(killer, nullptr, 0), killer);
}

// --- a payload that has moved below
// ----------------------------------------------------------------

TEST_F(CgroupTest, IsFollowedIntoWhereTheProcessIs) {
  if (!host_.cgroup.v2) GTEST_SKIP() << "no v2 tree";
  const plan::CgroupPlan plan = make();
  const std::string below = full_path(plan.directories.back()) + "/init";
  ASSERT_TRUE(sys::make_cgroup(below));
  const Sleeper sleeper;
  ASSERT_TRUE(sys::write_existing(AT_FDCWD, (below + "/cgroup.procs").c_str(),
                                  std::to_string(sleeper.pid())));
  std::vector<plan::CgroupDirectory> directories = plan.directories;
  EXPECT_TRUE(follow_into_v2(directories, sleeper.pid()));
  std::vector<plan::CgroupDirectory> expected = plan.directories;
  expected.back().path += "/init";
  EXPECT_EQ(directories, expected);
  // We are not below it.
  EXPECT_FALSE(follow_into_v2(directories, getpid()));
  EXPECT_EQ(directories, expected);
}

}  // namespace
}  // namespace ocirt::stages
