// The checks of namespaces, id mappings, clock offsets and sysctls.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

TEST(ValidateNamespaces, TakesAllTypesMadeOrJoined) {
  EXPECT_EQ(problems_in_linux("{}"), "");
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [
      {"type": "mount"}, {"type": "uts", "path": ""}, {"type": "network", "path": "/run/netns/a"},
      {"type": "user", "path": "/proc/1/ns/user"}]}})"),
            "");
}

TEST(ValidateNamespaces, TypesAreKnownAndGivenOnceAndPathsAbsolute) {
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [
      {"type": "mount"}, {"type": "uts"}, {"type": "net"}, {"type": "pid", "path": "ns/pid"},
      {"type": "uts"}]}})"),
            "/linux/namespaces/2/type: must be one of pid, network, mount, ipc, uts, user, cgroup, "
            "time; is \"net\" (config-linux.md#namespaces)\n"
            "/linux/namespaces/3/path: must be an absolute path, is \"ns/pid\" "
            "(config-linux.md#namespaces)\n"
            "/linux/namespaces/4/type: must not be given twice, is \"uts\" "
            "(config-linux.md#namespaces)");
}

// --- id mappings -------------------------------------------------------------------------------

constexpr const char* kMappingSection = " (config-linux.md#user-namespace-mappings)";

std::string problems_in_uid_mappings(const std::string& mappings) {
  return problems_in_linux(R"({"uidMappings": )" + mappings + "}");
}

TEST(ValidateMappings, NeedAUserNamespace) {
  const std::string mapping = R"([{"containerID": 0, "hostID": 0, "size": 1}])";
  EXPECT_EQ(problems_with(R"({"linux": {"uidMappings": )" + mapping + R"(, "gidMappings": )" +
                          mapping + "}}"),
            std::string("/linux/uidMappings: needs a user namespace in /linux/namespaces") +
                kMappingSection +
                "\n/linux/gidMappings: needs a user namespace in /linux/namespaces" +
                kMappingSection);
}

TEST(ValidateMappings, AreRequiredForANewUserNamespaceAlone) {
  EXPECT_EQ(problems_in_linux(R"({"uidMappings": [], "gidMappings": null})"),
            std::string("/linux/uidMappings: is required for a new user namespace") +
                kMappingSection + "\n/linux/gidMappings: is required for a new user namespace" +
                kMappingSection);
}

TEST(ValidateMappings, TakeNeighbours) {
  EXPECT_EQ(problems_in_uid_mappings(R"([
      {"containerID": 0, "hostID": 1000, "size": 1}, {"containerID": 1, "hostID": 100, "size": 900},
      {"containerID": 901, "hostID": 1001, "size": 1}])"),
            "");
  EXPECT_EQ(problems_in_uid_mappings(R"([{"containerID": 0, "hostID": 0, "size": 4294967295}])"),
            "");
}

TEST(ValidateMappings, DoNotOverlapInsideOrOutside) {
  EXPECT_EQ(problems_in_uid_mappings(R"([
      {"containerID": 10, "hostID": 1000, "size": 10}, {"containerID": 19, "hostID": 5, "size": 1},
      {"containerID": 0, "hostID": 999, "size": 2}])"),
            std::string("/linux/uidMappings/1: must not map container ids that entry 0 maps "
                        "already") +
                kMappingSection +
                "\n/linux/uidMappings/2: must not map host ids that entry 0 maps already" +
                kMappingSection);
}

TEST(ValidateMappings, AreNeitherEmptyNorTooLarge) {
  EXPECT_EQ(problems_in_uid_mappings(R"([{"containerID": 0, "hostID": 0, "size": 0}])"),
            std::string("/linux/uidMappings/0/size: must be at least 1, is 0") + kMappingSection);
  EXPECT_EQ(problems_in_uid_mappings(R"([{"containerID": 0, "hostID": 4294967290, "size": 6}])"),
            std::string("/linux/uidMappings/0/size: must not reach beyond the id 4294967294, is "
                        "6") +
                kMappingSection);
}

TEST(ValidateMappings, AreAtMost340) {
  std::string mappings;
  for (int i = 0; i < 341; i++) {
    mappings += (i == 0 ? "[" : ",") + std::string(R"({"containerID": )") + std::to_string(i) +
                R"(, "hostID": )" + std::to_string(i) + R"(, "size": 1})";
  }
  EXPECT_EQ(
      problems_in_uid_mappings(mappings + "]"),
      std::string("/linux/uidMappings: must have at most 340 entries, has 341") + kMappingSection);
}

// --- time --------------------------------------------------------------------------------------

TEST(ValidateTimeOffsets, NameClocksAndFractionsOfASecond) {
  EXPECT_EQ(problems_in_linux(R"({"timeOffsets": {
      "boottime": {"secs": -5}, "monotonic": {"secs": 1, "nanosecs": 999999999}}})"),
            "");
  EXPECT_EQ(problems_in_linux(R"({"timeOffsets": {
      "boottime": {"nanosecs": 1000000000}, "realtime": {"secs": 1}}})"),
            "/linux/timeOffsets/boottime/nanosecs: must be from 0 to 999999999, is 1000000000 "
            "(config-linux.md#offset-for-time-namespace)\n"
            "/linux/timeOffsets/realtime: must be one of monotonic, boottime; is \"realtime\" "
            "(config-linux.md#offset-for-time-namespace)");
}

TEST(ValidateTimeOffsets, NeedATimeNamespaceOfTheirOwn) {
  const std::string offsets = R"("timeOffsets": {"boottime": {"secs": 1}}}})";
  EXPECT_EQ(problems_with(R"({"linux": {)" + offsets),
            "/linux/timeOffsets: needs a time namespace in /linux/namespaces "
            "(config-linux.md#offset-for-time-namespace)");
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [{"type": "mount"}, {"type": "uts"},
      {"type": "time", "path": "/proc/1/ns/time"}], )" +
                          offsets),
            "/linux/timeOffsets: can't be set in an existing time namespace "
            "(config-linux.md#offset-for-time-namespace)");
}

// --- sysctl ------------------------------------------------------------------------------------

TEST(ValidateSysctl, TakesWhatANamespaceConfines) {
  EXPECT_EQ(problems_in_linux(R"({"sysctl": {
      "net.ipv4.ip_forward": "1", "net/ipv4/conf/eth0.1/mtu": "1", "net.ipv4.conf.eth0/1.mtu": "1",
      "fs.mqueue.msg_max": "1", "kernel.shm_rmid_forced": "1", "kernel.sem": "1 2 3 4",
      "kernel.domainname": "d", "user.max_net_namespaces": "1"}})"),
            "");
}

// What is wrong with `key`, without its pointer and section; only a mount namespace is there.
std::string problem_with_sysctl(const std::string& key) {
  const std::string problem = problems_with(
      R"({"hostname": "", "linux": {"namespaces": [{"type": "mount"}], "sysctl": {")" + key +
      R"(": "1"}}})");
  const size_t begin = problem.find(": ") + 2;
  return problem.substr(begin, problem.find(" (config-linux.md#sysctl)") - begin);
}

TEST(ValidateSysctl, NeedsTheNamespaceThatConfinesIt) {
  const std::string host = " namespace in /linux/namespaces: it would change the host";
  EXPECT_EQ(problem_with_sysctl("net.ipv4.ip_forward"), "needs a network" + host);
  EXPECT_EQ(problem_with_sysctl("net/ipv4/ip_forward"), "needs a network" + host);
  EXPECT_EQ(problem_with_sysctl("kernel.msgmax"), "needs an ipc" + host);
  EXPECT_EQ(problem_with_sysctl("fs/mqueue/msg_max"), "needs an ipc" + host);
  EXPECT_EQ(problem_with_sysctl("kernel.domainname"), "needs a uts" + host);
  EXPECT_EQ(problem_with_sysctl("user.max_pid_namespaces"), "needs a user" + host);
}

TEST(ValidateSysctl, RefusesWhatNoNamespaceConfines) {
  const std::string problem = "can't be set: no namespace confines it, so it would change the host";
  EXPECT_EQ(problem_with_sysctl("vm.swappiness"), problem);
  EXPECT_EQ(problem_with_sysctl("kernel.core_pattern"), problem);
  EXPECT_EQ(problem_with_sysctl("network.x"), problem);
  EXPECT_EQ(problem_with_sysctl("net"), problem);
}

TEST(ValidateSysctl, RefusesNamesThatLeadElsewhere) {
  const std::string problem = "must be the name of a sysctl such as net.ipv4.ip_forward";
  EXPECT_EQ(problem_with_sysctl("net/../kernel/core_pattern"), problem);
  EXPECT_EQ(problem_with_sysctl("net.//.kernel.core_pattern"), problem);
  EXPECT_EQ(problem_with_sysctl("net/./x"), problem);
  EXPECT_EQ(problem_with_sysctl("net..x"), problem);
  EXPECT_EQ(problem_with_sysctl("net."), problem);
  EXPECT_EQ(problem_with_sysctl("/net/x"), problem);
  EXPECT_EQ(problem_with_sysctl(""), problem);
}

TEST(ValidateSysctl, DoesNotCompeteWithAField) {
  EXPECT_EQ(problems_in_linux(R"({"sysctl": {"kernel.hostname": "h"}})"),
            "/linux/sysctl/kernel.hostname: conflicts with the field /hostname, use that "
            "(config-linux.md#sysctl)");
  EXPECT_EQ(
      problems_with(R"({"domainname": "d", "linux": {"sysctl": {"kernel.domainname": "e"}}})"),
      "/linux/sysctl/kernel.domainname: conflicts with the field /domainname, use that "
      "(config-linux.md#sysctl)");
}

}  // namespace
}  // namespace ocirt::spec
