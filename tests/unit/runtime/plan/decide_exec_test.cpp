// Tests of how a further process is run in a container. Golden files test the first one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/decide.h"
#include "runtime/plan/names.h"
#include "spec/print.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

HostFacts root() {
  HostFacts host;
  host.last_capability = 40;
  host.effective_capabilities = host.bounding_capabilities = (uint64_t{2} << 40) - 1;
  host.own_uid_map = host.own_gid_map = {{.container_id = 0, .host_id = 0, .size = UINT32_MAX}};
  return host;
}

HostFacts user() {
  HostFacts host = root();
  host.euid = host.egid = 1000;
  host.effective_capabilities = 0;
  return host;
}

spec::Config container() {
  spec::Config config = spec::default_config();
  config.process->terminal = false;
  return config;
}

spec::Process process() {
  spec::Process process;
  process.args = {"sh"};
  process.cwd = "/";
  return process;
}

ExecPlan decided(const spec::Config& config, const spec::Process& process, const HostFacts& host,
                 const ExecOptions& options = {}) {
  Result<ExecPlan> plan = decide_exec(config, process, host, {}, options);
  EXPECT_TRUE(plan) << plan.error().text;
  return plan ? *std::move(plan) : ExecPlan{};
}

TEST(DecideExec, JoinsWhatInitHasOfItsOwn) {
  spec::Config config = container();
  config.linux_->namespaces = {{.type = "mount", .path = std::nullopt},
                               {.type = "network", .path = "/run/netns/blue"},
                               {.type = "cgroup", .path = std::nullopt},
                               {.type = "time", .path = ""}};
  EXPECT_EQ(decided(config, process(), root()).namespaces,
            uint64_t{CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWTIME});
}

TEST(DecideExec, GivesNoCapabilitiesThatTheProcessDoesNotAskFor) {
  // The container's own are not taken over: the process object is complete (CVE-2025-27612).
  ASSERT_TRUE(container().process->capabilities);
  EXPECT_EQ(decided(container(), process(), root()).process.capabilities, CapabilityPlan{});
}

TEST(DecideExec, PutsCapabilitiesOnlyIntoTheSetsAskedFor) {
  spec::Process asked = process();
  asked.capabilities = spec::Capabilities{.bounding = {"CAP_NET_RAW"},
                                          .effective = {"CAP_NET_RAW"},
                                          .inheritable = {},
                                          .permitted = {"CAP_NET_RAW"},
                                          .ambient = {}};
  const uint64_t set = uint64_t{1} << *capability_number("CAP_NET_RAW");
  EXPECT_EQ(decided(container(), asked, root()).process.capabilities,
            (CapabilityPlan{.bounding = set, .effective = set, .permitted = set}));
}

TEST(DecideExec, TakesTheUmaskOfTheContainer) {
  spec::Config config = container();
  EXPECT_EQ(decided(config, process(), root()).process.umask, 0022U);
  config.process->user.umask = 0077;
  EXPECT_EQ(decided(config, process(), root()).process.umask, 0077U);
  spec::Process asked = process();
  asked.user.umask = 0;
  EXPECT_EQ(decided(config, asked, root()).process.umask, 0U);
}

TEST(DecideExec, LeavesGroupsAloneInAContainerOfASingleId) {
  spec::Config config = container();
  spec::make_rootless(config, 1000, 1000);
  EXPECT_EQ(decided(config, process(), user()).process.groups, std::nullopt);
}

TEST(DecideExec, SetsGroupsElsewhere) {
  spec::Process asked = process();
  asked.user.additional_gids = {4, 20};
  EXPECT_EQ(decided(container(), asked, root()).process.groups, (std::vector<uint32_t>{4, 20}));
}

TEST(DecideExec, LoadsTheFilterLateOnlyWithNoNewPrivileges) {
  spec::Config config = container();
  config.linux_->seccomp =
      spec::Seccomp{.default_action = "SCMP_ACT_ERRNO",
                    .syscalls = {{.names = {"read"}, .action = "SCMP_ACT_ALLOW"}}};
  spec::Process asked = process();
  EXPECT_TRUE(decided(config, asked, root()).seccomp->load_before_identity);
  asked.no_new_privileges = true;
  EXPECT_FALSE(decided(config, asked, root()).seccomp->load_before_identity);
}

TEST(DecideExec, NeedsAConsoleSocketForADetachedTerminal) {
  spec::Process asked = process();
  asked.terminal = true;
  const Result<ExecPlan> plan =
      decide_exec(container(), asked, root(), {}, ExecOptions{.detached = true});
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().text, HasSubstr("without setting console socket"));
  EXPECT_TRUE(decided(container(), asked, root()).process.terminal);
  EXPECT_TRUE(decided(container(), asked, root(), {.detached = true, .has_console_socket = true})
                  .process.terminal);
}

TEST(DecideExec, KeepsTheCallersKeyringOnlyWhereTheContainerDoes) {
  EXPECT_TRUE(decided(container(), process(), root()).process.new_keyring);
  EXPECT_FALSE(
      decided(container(), process(), root(), {.no_new_keyring = true}).process.new_keyring);
}

TEST(DecideExec, IsBornIntoTheCgroupOfTheSecondVersion) {
  const CgroupDirectory v1 = {.controllers = {"memory"},
                              .v2 = false,
                              .mount_point = {"/sys/fs/cgroup/memory"},
                              .path = "/web"};
  const CgroupDirectory v2 = {
      .controllers = {}, .v2 = true, .mount_point = {"/sys/fs/cgroup"}, .path = "/web"};
  const Result<ExecPlan> old = decide_exec(container(), process(), root(), {v1}, {});
  ASSERT_TRUE(old);
  EXPECT_FALSE(old->clone_into);
  const Result<ExecPlan> hybrid = decide_exec(container(), process(), root(), {v1, v2}, {});
  ASSERT_TRUE(hybrid);
  EXPECT_TRUE(hybrid->clone_into);
  EXPECT_THAT(hybrid->cgroup, ElementsAre(v1, v2));
}

TEST(DecideExec, LeavesTheMemoryPolicyToTheFirstProcess) {
  spec::Config config = container();
  config.linux_->memory_policy = {.mode = "MPOL_BIND", .nodes = "0", .flags = {}};
  EXPECT_EQ(decided(config, process(), root()).process.memory_policy, std::nullopt);
}

}  // namespace
}  // namespace ocirt::plan
