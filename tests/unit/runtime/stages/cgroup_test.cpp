// Cgroups of this host: made, filled, frozen, killed and removed for real.
#include "runtime/stages/cgroup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "runtime/plan/cgroup.h"
#include "runtime/stages/probe_cgroup.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ocirt::stages {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A child that does nothing until it is killed; reaped at the end.
class Sleeper {
 public:
  Sleeper() : pid_(fork()) {
    if (pid_ == 0) {
      while (true) pause();
    }
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    if (pid_ > 0) {
      (void)kill(pid_, SIGKILL);
      (void)waitpid(pid_, nullptr, 0);
    }
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  // The signal that ended it; waits for that.
  int wait_for_signal() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  pid_t pid_;
};

class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    host_.effective_capabilities = ~uint64_t{0};
    Result<plan::CgroupFacts> facts = probe_cgroups();
    ASSERT_TRUE(facts) << facts.error().message();
    host_.cgroup = *std::move(facts);
    if (host_.cgroup.layout == plan::CgroupLayout::None) GTEST_SKIP() << "needs cgroups";
    config_.linux_ = spec::Linux{.cgroups_path = parent() + "/leaf"};
  }

  void TearDown() override {
    // The plans' directories, and the parent in every hierarchy.
    std::vector<plan::CgroupDirectory> all;
    const auto add = [&](const plan::CgroupHierarchy& hierarchy, bool v2) {
      all.push_back({.v2 = v2, .mount_point = hierarchy.mount_point, .path = parent()});
    };
    for (const plan::CgroupHierarchy& hierarchy : host_.cgroup.v1) add(hierarchy, false);
    if (host_.cgroup.v2) add(*host_.cgroup.v2, true);
    const Result<> removed = remove_cgroup(all);
    EXPECT_TRUE(removed) << removed.error().message();
  }

  static std::string parent() { return "/ocirt-test-" + std::to_string(getpid()); }

  [[nodiscard]] plan::CgroupPlan decide() const {
    Result<plan::CgroupPlan> plan = plan::decide_cgroup(config_, host_, {.id = "test"});
    EXPECT_TRUE(plan) << plan.error().message();
    return plan ? *std::move(plan) : plan::CgroupPlan();
  }

  // The cgroup of config_, made.
  plan::CgroupPlan make() {
    const plan::CgroupPlan plan = decide();
    Result<CgroupHandles> handles = make_cgroup(plan);
    EXPECT_TRUE(handles) << handles.error().message();
    if (handles) handles_ = *std::move(handles);
    return plan;
  }

  // Into all directories, born there or not.
  static void enter(const plan::CgroupPlan& plan, pid_t pid) {
    Result<CgroupHandles> handles = open_cgroup(plan.directories, false);
    ASSERT_TRUE(handles) << handles.error().message();
    const Result<> entered = enter_cgroup(plan, *handles, pid);
    ASSERT_TRUE(entered) << entered.error().message();
  }

  static std::string full_path(const plan::CgroupDirectory& directory) {
    return directory.mount_point.text + directory.path;
  }

  static bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

  // A file's text in the first directory that has it; empty if none has.
  static std::string value(const plan::CgroupPlan& plan, const char* v1, const char* v2) {
    for (const plan::CgroupDirectory& directory : plan.directories) {
      const std::string path = full_path(directory) + "/" + (directory.v2 ? v2 : v1);
      Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), 1 << 20);
      if (text) return text->substr(0, text->find_last_not_of('\n') + 1);
    }
    return "";
  }

  [[nodiscard]] bool has_controller(const std::string& name) const {
    const plan::CgroupPlan plan = decide();
    return std::any_of(plan.directories.begin(), plan.directories.end(),
                       [&](const auto& directory) {
                         const auto& all = directory.controllers;
                         return std::find(all.begin(), all.end(), name) != all.end();
                       });
  }

  plan::HostFacts host_;
  spec::Config config_;
  CgroupHandles handles_;
};

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

// --- processes -----------------------------------------------------------------------------------

TEST_F(CgroupTest, InitIsBornInItsCgroup) {
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

TEST_F(CgroupTest, MembersAreThoseBelowToo) {
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

TEST_F(CgroupTest, ASignalReachesEveryMember) {
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
TEST_F(CgroupTest, FrozenIsFrozenUntilThawed) {
  const plan::CgroupPlan plan = make();
  std::vector<std::span<const plan::CgroupDirectory>> ways = {plan.directories};
  for (const plan::CgroupDirectory& directory : plan.directories) {
    const std::vector<std::string> freezer = {"freezer"};
    if (directory.v2 || directory.controllers == freezer) ways.push_back({&directory, 1});
  }
  for (const std::span<const plan::CgroupDirectory> way : ways) {
    Sleeper sleeper;
    enter(plan, sleeper.pid());
    EXPECT_FALSE(*is_frozen(way));
    const Result<> frozen = freeze_cgroup(way);
    ASSERT_TRUE(frozen) << frozen.error().message();
    EXPECT_TRUE(*is_frozen(way));
    // A frozen process doesn't act on a signal.
    ASSERT_EQ(kill(sleeper.pid(), SIGTERM), 0);
    EXPECT_EQ(waitpid(sleeper.pid(), nullptr, WNOHANG), 0);
    ASSERT_TRUE(thaw_cgroup(way));
    EXPECT_FALSE(*is_frozen(way));
    EXPECT_EQ(sleeper.wait_for_signal(), SIGTERM);
  }
}

TEST_F(CgroupTest, WithoutACgroupNothingCanBeFrozen) {
  EXPECT_EQ(freeze_cgroup({}).error().kind, ErrorKind::Unsupported);
  EXPECT_FALSE(*is_frozen({}));
}

TEST_F(CgroupTest, KillReachesTheFrozenAndThoseBelow) {
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
TEST_F(CgroupTest, KillWorksWithAnyHierarchy) {
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

TEST_F(CgroupTest, NobodyEscapesByForking) {
  const plan::CgroupPlan plan = make();
  std::vector<std::span<const plan::CgroupDirectory>> ways = {plan.directories};
  for (const plan::CgroupDirectory& directory : plan.directories) {
    const std::vector<std::string> freezer = {"freezer"};
    if (directory.controllers == freezer) ways.push_back({&directory, 1});
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

TEST_F(CgroupTest, WhatThePayloadMadeBelowIsRemovedToo) {
  const plan::CgroupPlan plan = make();
  config_.linux_->cgroups_path = parent() + "/leaf/a/b";
  (void)make();
  config_.linux_->cgroups_path = parent() + "/leaf/c";
  (void)make();
  const Result<> removed = remove_cgroup(plan.directories);
  ASSERT_TRUE(removed) << removed.error().message();
  for (const auto& directory : plan.directories) EXPECT_FALSE(exists(full_path(directory)));
}

TEST_F(CgroupTest, TheDyingAreWaitedFor) {
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

}  // namespace
}  // namespace ocirt::stages
