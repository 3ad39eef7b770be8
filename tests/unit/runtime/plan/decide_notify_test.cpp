// Tests of the payload's socket of sd_notify(3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "runtime/plan/decide.h"
#include "spec/print.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;

HostFacts root() {
  HostFacts host;
  host.last_capability = 40;
  host.effective_capabilities = host.bounding_capabilities = (uint64_t{2} << 40) - 1;
  host.own_uid_map = host.own_gid_map = {{.container_id = 0, .host_id = 0, .size = UINT32_MAX}};
  return host;
}

CreatePlan decided(const std::string& notify_directory) {
  spec::Config config = spec::default_config();
  config.process->terminal = false;
  config.process->env = {"A=b", "NOTIFY_SOCKET=/of/the/image"};
  CreateOptions options{.id = "web", .bundle = {"/bundle"}};
  options.cgroups_disabled = true;
  options.notify_directory = {notify_directory};
  Result<CreatePlan> plan = decide(config, root(), options);
  EXPECT_TRUE(plan) << plan.error().text;
  return plan ? *std::move(plan) : CreatePlan{};
}

const BindMount* notify_bind(const CreatePlan& plan) {
  for (const RootfsOperation& operation : plan.rootfs.operations) {
    const BindMount* bind = std::get_if<BindMount>(&operation);
    if (bind != nullptr && bind->destination.text == "/run/notify") return bind;
  }
  return nullptr;
}

TEST(DecideNotify, BindsTheDirectoryReadOnly) {
  const CreatePlan plan = decided("/run/ocirt/web/notify");
  const BindMount* bind = notify_bind(plan);
  ASSERT_NE(bind, nullptr);
  EXPECT_EQ(bind->source.text, "/run/ocirt/web/notify");
  EXPECT_EQ(bind->attributes.set,
            uint64_t{MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC});
}

TEST(DecideNotify, ReplacesTheVariableOfTheConfig) {
  const CreatePlan plan = decided("/run/ocirt/web/notify");
  EXPECT_THAT(plan.process.env, ElementsAre("A=b", "NOTIFY_SOCKET=/run/notify/notify.sock"));
}

TEST(DecideNotify, ChangesNothingWhenNobodyWaits) {
  const CreatePlan plan = decided("");
  EXPECT_THAT(plan.process.env, ElementsAre("A=b", "NOTIFY_SOCKET=/of/the/image"));
  EXPECT_EQ(notify_bind(plan), nullptr);
}

}  // namespace
}  // namespace ocirt::plan
