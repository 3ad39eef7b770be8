#include "runtime/stages/sysctl.h"

#include <array>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

constexpr std::array<plan::Sysctl, 0> kNone = {};

TEST_F(RootfsTest, SysctlsAreWrittenInTheContainersNamespaces) {
  const std::vector<plan::Sysctl> sysctls = {{"net/ipv4/ping_group_range", "0 0"},
                                             {"kernel/domainname", "inside"}};
  const std::string before = read_text("/proc/sys/net/ipv4/ping_group_range");
  add(proc());
  OCIRT_IN_ROOTFS(plan_, kContainer, [&]() -> std::string {
    const Result<> done = write_sysctls(sysctls);
    OCIRT_CHECK(done, done.error().message());
    OCIRT_CHECK(read_text("/proc/sys/net/ipv4/ping_group_range") == "0\t0\n");
    OCIRT_CHECK(read_text("/proc/sys/kernel/domainname") == "inside\n");
    return "";
  });
  EXPECT_EQ(read_text("/proc/sys/net/ipv4/ping_group_range"), before);
}

TEST_F(RootfsTest, SysctlsNeedNoProcInTheContainer) {
  const std::vector<plan::Sysctl> sysctls = {{"kernel/domainname", "inside"}};
  OCIRT_IN_ROOTFS(plan_, kContainer, [&]() -> std::string {
    const Result<> done = write_sysctls(sysctls);
    OCIRT_CHECK(done, done.error().message());
    std::array<char, 65> name{};
    OCIRT_CHECK(::getdomainname(name.data(), name.size()) == 0);
    OCIRT_CHECK(std::string(name.data()) == "inside");
    return "";
  });
}

TEST_F(RootfsTest, ASysctlThatTheKernelRefusesIsNamed) {
  const std::vector<plan::Sysctl> sysctls = {{"net/ipv4/ip_forward", "maybe"}};
  add(proc());
  OCIRT_IN_ROOTFS(plan_, kContainer, [&]() -> std::string {
    const Result<> done = write_sysctls(sysctls);
    OCIRT_CHECK(!done);
    const std::string message = done.error().message();
    OCIRT_CHECK(message ==
                    "sysctl \"net/ipv4/ip_forward\" = \"maybe\": write "
                    "\"/proc/sys/net/ipv4/ip_forward\": Invalid argument",
                message);
    OCIRT_CHECK(write_sysctls(kNone));
    return "";
  });
}

}  // namespace
}  // namespace ocirt::stages
