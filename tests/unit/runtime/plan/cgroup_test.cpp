// Where the container's cgroups are, and what stands in the way of limits.
#include "runtime/plan/cgroup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/runtime/plan/cgroup_hosts.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const CreateOptions kOptions = {.id = "web"};

spec::Config with_path(std::string path) {
  spec::Config config;
  config.linux_ = spec::Linux{.cgroups_path = std::move(path)};
  return config;
}

spec::Config with_memory_limit(std::optional<std::string> path = {}) {
  spec::Config config;
  config.linux_ = spec::Linux{};
  config.linux_->cgroups_path = path;
  config.linux_->resources = spec::Resources{};
  config.linux_->resources->memory = spec::Memory{.limit = 1 << 20};
  return config;
}

CgroupPlan decided(const spec::Config& config, const HostFacts& host,
                   const CreateOptions& options = kOptions) {
  Result<CgroupPlan> plan = decide_cgroup(config, host, options);
  EXPECT_TRUE(plan) << plan.error().message();
  return plan ? *std::move(plan) : CgroupPlan();
}

Error refused(const spec::Config& config, const HostFacts& host,
              const CreateOptions& options = kOptions) {
  Result<CgroupPlan> plan = decide_cgroup(config, host, options);
  EXPECT_FALSE(plan);
  return plan ? make_error(ErrorKind::Bug, "accepted") : std::move(plan).error();
}

std::vector<std::string> paths(const CgroupPlan& plan) {
  std::vector<std::string> result;
  for (const CgroupDirectory& directory : plan.directories) {
    result.push_back(directory.mount_point.text + directory.path);
  }
  return result;
}

// --- where ---------------------------------------------------------------------------------------

TEST(CgroupPath, AbsoluteStartsAtTheMountPoint) {
  EXPECT_THAT(paths(decided(with_path("/docker//abc/."), v2_root())),
              ElementsAre("/sys/fs/cgroup/docker/abc"));
}

TEST(CgroupPath, RelativeStartsAtOurOwnCgroup) {
  EXPECT_THAT(paths(decided(with_path("pod/abc"), v2_root("/job"))),
              ElementsAre("/sys/fs/cgroup/job/pod/abc"));
}

// A container that a batch job starts stays inside the job's limits.
TEST(CgroupPath, AbsentIsBelowOurOwnCgroup) {
  EXPECT_THAT(paths(decided({}, v2_root("/slurm/job_5"))),
              ElementsAre("/sys/fs/cgroup/slurm/job_5/ocirt-web"));
  EXPECT_THAT(paths(decided({}, v2_root())), ElementsAre("/sys/fs/cgroup/ocirt-web"));
}

// A v2 cgroup that holds processes can't hand controllers to its children.
TEST(CgroupPath, WithLimitsIsBesideOurOwnCgroupOnV2) {
  EXPECT_THAT(paths(decided(with_memory_limit(), v2_root("/slurm/job_5"))),
              ElementsAre("/sys/fs/cgroup/slurm/ocirt-web"));
  EXPECT_THAT(paths(decided(with_memory_limit(), v2_root("/job"))),
              ElementsAre("/sys/fs/cgroup/ocirt-web"));
}

TEST(CgroupPath, HybridUsesEveryHierarchyAndOurPlaceInEach) {
  const CgroupPlan plan = decided({}, hybrid_root());
  EXPECT_THAT(
      paths(plan),
      ElementsAre("/sys/fs/cgroup/memory/job/ocirt-web", "/sys/fs/cgroup/cpu,cpuacct/ocirt-web",
                  "/sys/fs/cgroup/devices/ocirt-web", "/sys/fs/cgroup/systemd/ocirt-web",
                  "/sys/fs/cgroup/unified/ocirt-web"));
  EXPECT_TRUE(plan.clone_into);
}

TEST(CgroupPath, VersionOneAloneHasNothingToBeBornInto) {
  HostFacts host = hybrid_root();
  host.cgroup.v2.reset();
  host.cgroup.v2_levels.clear();
  host.cgroup.layout = CgroupLayout::V1;
  const CgroupPlan plan = decided(with_path("/a"), host);
  EXPECT_EQ(plan.directories.size(), 4U);
  EXPECT_FALSE(plan.clone_into);
}

TEST(CgroupPath, MustNotLeaveItsBase) {
  for (const char* path : {"/a/../b", "..", "a/..", "/.."}) {
    EXPECT_EQ(refused(with_path(path), v2_root()).kind, ErrorKind::InvalidConfig) << path;
  }
  EXPECT_EQ(refused(with_path("/"), v2_root()).kind, ErrorKind::InvalidConfig);
}

TEST(CgroupPath, OurOwnOutsideOfOurNamespaceIsNoBase) {
  EXPECT_EQ(refused({}, v2_root("/../other")).kind, ErrorKind::Unsupported);
  EXPECT_THAT(paths(decided(with_path("/a"), v2_root("/../other"))),
              ElementsAre("/sys/fs/cgroup/a"));
}

TEST(CgroupPath, SystemdsFormNeedsSystemd) {
  const Error error = refused(with_path("system.slice:ocirt:web"), v2_root());
  EXPECT_EQ(error.kind, ErrorKind::InvalidConfig);
  EXPECT_THAT(error.hint, HasSubstr("--systemd-cgroup"));
  EXPECT_THAT(paths(decided(with_path("/a:b:c"), v2_root())), ElementsAre("/sys/fs/cgroup/a:b:c"));
}

TEST(CgroupPath, TheSystemdDriverNeedsSystemd) {
  CreateOptions options = kOptions;
  options.systemd_cgroup = true;
  EXPECT_EQ(refused({}, v2_root(), options).kind, ErrorKind::Unsupported);
}

// --- without cgroups -----------------------------------------------------------------------------

TEST(CgroupNone, DisabledMeansTheCallersCgroup) {
  CreateOptions options = kOptions;
  options.cgroups_disabled = true;
  EXPECT_EQ(decided(with_path("/a"), v2_root(), options), CgroupPlan());
  const Error error = refused(with_memory_limit(), v2_root(), options);
  EXPECT_EQ(error.kind, ErrorKind::Unsupported);
  EXPECT_THAT(error.text, HasSubstr("--cgroup-manager disabled"));
}

TEST(CgroupNone, RootWithoutAnyHierarchyCantFilterDevices) {
  HostFacts host = v2_root();
  host.cgroup = {};
  EXPECT_EQ(refused({}, host).kind, ErrorKind::Unsupported);
}

TEST(CgroupNone, AUserWithoutACgroupStaysInTheCallersQuietly) {
  EXPECT_EQ(decided({}, v2_user("/user.slice/session-1.scope")), CgroupPlan());
  EXPECT_EQ(decided(with_path("/libpod_parent/x"), v2_user("/user.slice/session-1.scope")),
            CgroupPlan());
  EXPECT_EQ(decided({}, user_of(hybrid_root())), CgroupPlan());
}

// --- users ---------------------------------------------------------------------------------------

TEST(CgroupUser, DividesWhatWasDelegated) {
  const HostFacts host = v2_user(kUserScope);
  const CgroupPlan plan = decided(with_memory_limit(), host);
  EXPECT_THAT(paths(plan), ElementsAre("/sys/fs/cgroup/user.slice/user@7.service/app/ocirt-web"));
  EXPECT_THAT(plan.enabled_controllers, ElementsAre("memory"));
  EXPECT_TRUE(plan.clone_into);
  EXPECT_FALSE(plan.device_filter);
}

TEST(CgroupUser, AnAbsolutePathOutsideOfTheDelegationIsNotTried) {
  const HostFacts host = v2_user(kUserScope);
  EXPECT_EQ(decided(with_path("/machine.slice/x"), host), CgroupPlan());
  EXPECT_EQ(refused(with_memory_limit("/machine.slice/x"), host).kind, ErrorKind::Denied);
  EXPECT_THAT(paths(decided(with_path("/user.slice/user@7.service/x"), host)),
              ElementsAre("/sys/fs/cgroup/user.slice/user@7.service/x"));
}

TEST(CgroupUser, AControllerThatIsntDelegatedIsNamedWithTheLevelThatStopsIt) {
  spec::Config config = with_memory_limit();
  config.linux_->resources->cpu = spec::Cpu{.quota = 100'000};
  const Error error = refused(config, v2_user(kUserScope));
  EXPECT_EQ(error.kind, ErrorKind::Denied);
  EXPECT_EQ(error.text,
            "linux.resources.cpu: the cpu controller is not delegated to you (available here: "
            "memory pids; stopped at /user.slice/user@7.service)");
  EXPECT_THAT(error.hint, HasSubstr("Delegate="));
}

TEST(CgroupUser, ACgroupThatBelongsToOthersIsNamed) {
  const Error error = refused(with_memory_limit(), v2_user("/user.slice/session-1.scope"));
  EXPECT_EQ(error.kind, ErrorKind::Denied);
  EXPECT_THAT(error.text, HasSubstr("/user.slice/session-1.scope"));
  EXPECT_THAT(error.hint, HasSubstr("systemd-run --user --scope"));
}

TEST(CgroupUser, VersionOneIsNotForUsers) {
  const Error error = refused(with_memory_limit(), user_of(hybrid_root()));
  EXPECT_EQ(error.kind, ErrorKind::Denied);
  EXPECT_THAT(error.text, HasSubstr("cgroup v1"));
}

// --- the rest of the plan ------------------------------------------------------------------------

TEST(CgroupPlan, AControllerThatNoHierarchyHasIsUnsupported) {
  spec::Config config = with_memory_limit();
  config.linux_->resources->rdma = {{"mlx5_0", {.hca_handles = 1}}};
  const Error error = refused(config, v2_root());
  EXPECT_EQ(error.kind, ErrorKind::Unsupported);
  EXPECT_EQ(error.text,
            "linux.resources.rdma: this host has no rdma controller (it has: cpuset cpu io memory "
            "hugetlb pids)");
}

TEST(CgroupPlan, StatisticsAreAskedForWhereNoLimitNeedsThem) {
  EXPECT_THAT(decided({}, v2_root()).accounted_controllers, ElementsAre("io", "memory", "pids"));
  const CgroupPlan plan = decided(with_memory_limit(), v2_root());
  EXPECT_THAT(plan.enabled_controllers, ElementsAre("memory"));
  EXPECT_THAT(plan.accounted_controllers, ElementsAre("io", "pids"));
}

TEST(CgroupPlan, DevicesAreAProgramOnV2AndAListOnV1) {
  const CgroupPlan v2 = decided({}, v2_root());
  EXPECT_TRUE(v2.device_filter);
  EXPECT_THAT(v2.writes, IsEmpty());
  const CgroupPlan v1 = decided({}, hybrid_root());
  EXPECT_TRUE(v1.device_filter);
  ASSERT_FALSE(v1.writes.empty());
  EXPECT_EQ(v1.writes.front(), (CgroupWrite{.directory = 2, .file = "devices.deny", .value = "a"}));
}

TEST(CgroupPlan, AContainerThatMayWriteItsCgroupOwnsIt) {
  spec::Config config = with_path("/a");
  config.linux_->namespaces = {{.type = "cgroup"}};
  config.linux_->uid_mappings = {{.container_id = 0, .host_id = 100'000, .size = 1000}};
  config.mounts = {{.destination = "/sys/fs/cgroup", .type = "cgroup"}};
  config.process = spec::Process{};
  config.process->user.uid = 5;
  EXPECT_EQ(decided(config, v2_root()).owner, 100'005U);
  config.mounts[0].options = {"nosuid", "ro"};
  EXPECT_EQ(decided(config, v2_root()).owner, std::nullopt);
  config.mounts[0].options = {};
  config.linux_->namespaces[0].path = "/proc/1/ns/cgroup";
  EXPECT_EQ(decided(config, v2_root()).owner, std::nullopt);
}

// --- exec ----------------------------------------------------------------------------------------

TEST(ExecCgroup, IsTheContainersOwnOrBelowIt) {
  const std::vector<CgroupDirectory> own = decided(with_path("/a"), hybrid_root()).directories;
  const auto ask = [&](const char* asked) {
    Result<std::vector<CgroupDirectory>> result = decide_exec_cgroup(own, asked);
    EXPECT_TRUE(result) << result.error().message();
    std::vector<std::string> found;
    if (!result) return found;
    for (const CgroupDirectory& directory : *result) found.push_back(directory.path);
    return found;
  };
  EXPECT_THAT(ask(""), ElementsAre("/a", "/a", "/a", "/a", "/a"));
  EXPECT_THAT(ask("/"), ElementsAre("/a", "/a", "/a", "/a", "/a"));
  EXPECT_THAT(ask("sub"), ElementsAre("/a/sub", "/a/sub", "/a/sub", "/a/sub", "/a/sub"));
  EXPECT_THAT(ask("memory,devices:/sub"), ElementsAre("/a/sub", "/a", "/a/sub", "/a", "/a"));
  EXPECT_THAT(ask("cpu:sub/x:y"), ElementsAre("/a", "/a/sub/x:y", "/a", "/a", "/a"));
}

TEST(ExecCgroup, MustNotLeaveTheContainers) {
  const std::vector<CgroupDirectory> own = decided(with_path("/a"), v2_root()).directories;
  EXPECT_EQ(decide_exec_cgroup(own, "../../x").error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(decide_exec_cgroup(own, "a/../../x").error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(decide_exec_cgroup(own, "memory:x").error().kind, ErrorKind::InvalidConfig);
}

}  // namespace
}  // namespace ocirt::plan
