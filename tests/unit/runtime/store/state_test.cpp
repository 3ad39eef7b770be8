// Tests what is written about a container, and read again.
#include "runtime/store/state.h"

#include <gtest/gtest.h>

#include <string>

namespace ocirt::store {
namespace {

State full_state() {
  return State{.oci_version = "1.3.0",
               .id = "c1",
               .bundle = "/b \"quoted\"",
               .rootfs = "/b/rootfs",
               .created = "2026-01-02T03:04:05.000000006Z",
               .owner = 1000,
               .annotations = {{"a", "\n\u00e9"}, {"b", ""}},
               .pid = 4711,
               .pid_start_time = 18446744073709551615U,
               .namespaces = 0x2c020000,
               .joined = 0x40000000,
               .cgroup = {{.controllers = {"cpu", "cpuacct"},
                           .v2 = false,
                           .mount_point = {"/sys/fs/cgroup/cpu,cpuacct"},
                           .path = "/c1"},
                          {.controllers = {},
                           .v2 = true,
                           .mount_point = {"/sys/fs/cgroup/unified"},
                           .path = "/c1"}},
               .rdt = {.group = "/sys/fs/resctrl/c1", .own = true, .monitor = ""},
               .unit = {.bus = "unix:path=/run/dbus/system_bus_socket",
                        .name = "c1.scope",
                        .path = "/system.slice/c1.scope",
                        .is_users = true}};
}

TEST(State, IsReadAsItWasWritten) {
  const State state = full_state();
  const Result<State> read = parse_state(print_state(state));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(*read == state);
}

TEST(State, HasNoUnitAndNoRdtGroupWhereNoneIsWritten) {
  State state = full_state();
  state.rdt = {};
  state.unit = {};
  const std::string text = print_state(state);
  EXPECT_EQ(text.find("\"unit\""), std::string::npos);
  const Result<State> read = parse_state(text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == state);
}

TEST(State, IsDamagedWithoutAMemberOrWithOneOfAnotherType) {
  for (const std::string wrong : {"", "{", "[]", "{\"id\": \"c1\"}"}) {
    EXPECT_FALSE(parse_state(wrong)) << wrong;
  }
  std::string text = print_state(full_state());
  text.replace(text.find("4711"), 4, "\"no\"");
  const Result<State> read = parse_state(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "the state file is damaged");
}

}  // namespace
}  // namespace ocirt::store
