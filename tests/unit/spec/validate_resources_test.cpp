// The checks of resources.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

std::string problems_in_resources(const std::string& patch) {
  return problems_with(R"({"linux": {"resources": )" + patch + "}}");
}

TEST(ValidateResources, ThoseOfAnUpdateHavePointersOfTheirOwn) {
  const std::vector<Finding> expected = {
      {"/pids/limit", "must be -1 (unlimited) or more, is -2", "config-linux.md#pids"}};
  EXPECT_EQ(find_problems(Resources{.pids = Pids{.limit = -2}}), expected);
}

TEST(ValidateDeviceRules, TakesWhatEnginesSend) {
  EXPECT_EQ(problems_in_resources(R"({"devices": [
      {"allow": false, "access": "rwm"}, {"allow": true, "type": "a"},
      {"allow": true, "type": "", "access": ""},
      {"allow": true, "type": "c", "major": -1, "minor": -1, "access": "m"}]})"),
            "");
}

TEST(ValidateDeviceRules, TypeNumbersAndAccessAreSound) {
  EXPECT_EQ(problems_in_resources(R"({"devices": [
      {"allow": true, "type": "p", "major": -2, "minor": 4294967296, "access": "rx"}]})"),
            "/linux/resources/devices/0/type: must be one of a, c, b; is \"p\" "
            "(config-linux.md#allowed-device-list)\n"
            "/linux/resources/devices/0/major: must be from -1 to 4294967295, is -2 "
            "(config-linux.md#allowed-device-list)\n"
            "/linux/resources/devices/0/minor: must be from -1 to 4294967295, is 4294967296 "
            "(config-linux.md#allowed-device-list)\n"
            "/linux/resources/devices/0/access: must be made of r, w and m, is \"rx\" "
            "(config-linux.md#allowed-device-list)");
}

TEST(ValidateMemory, LimitsAreSizesOrUnlimited) {
  EXPECT_EQ(problems_in_resources(R"({"memory": {"limit": -1, "swap": -1, "reservation": 0,
      "kernel": 5, "swappiness": 100}})"),
            "");
  EXPECT_EQ(problems_in_resources(R"({"memory": {"limit": -2, "kernelTCP": -3}})"),
            "/linux/resources/memory/limit: must be -1 (unlimited) or more, is -2 "
            "(config-linux.md#memory)\n"
            "/linux/resources/memory/kernelTCP: must be -1 (unlimited) or more, is -3 "
            "(config-linux.md#memory)");
}

TEST(ValidateMemory, SwapIncludesMemory) {
  EXPECT_EQ(problems_in_resources(R"({"memory": {"limit": 10, "swap": 10}})"), "");
  EXPECT_EQ(problems_in_resources(R"({"memory": {"limit": -1, "swap": 10}})"), "");
  EXPECT_EQ(problems_in_resources(R"({"memory": {"limit": 10, "swap": 9}})"),
            "/linux/resources/memory/swap: must be at least the memory limit 10, which it "
            "includes; is 9 (config-linux.md#memory)");
}

TEST(ValidateMemory, SwappinessIsAPercentageOrDockersUnset) {
  EXPECT_EQ(problems_in_resources(R"({"memory": {"swappiness": 18446744073709551615}})"), "");
  EXPECT_EQ(problems_in_resources(R"({"memory": {"swappiness": 101}})"),
            "/linux/resources/memory/swappiness: must be from 0 to 100, is 101 "
            "(config-linux.md#memory)");
}

TEST(ValidateCpu, TakesWhatEnginesSend) {
  EXPECT_EQ(problems_in_resources(R"({"cpu": {"shares": 0, "quota": -1, "period": 0, "burst": 5,
      "cpus": "0-3,7", "mems": "", "idle": 1, "realtimeRuntime": 950000}})"),
            "");
  EXPECT_EQ(problems_in_resources(R"({"cpu": {"quota": 1000, "burst": 1000, "period": 1000}})"),
            "");
}

TEST(ValidateCpu, TimesAreWithinTheKernelsBounds) {
  EXPECT_EQ(problems_in_resources(R"({"cpu": {"quota": 999, "burst": 1000, "period": 1000001,
      "cpus": "a", "mems": "0,", "idle": 2}})"),
            "/linux/resources/cpu/quota: must be at least 1000 microseconds, is 999 "
            "(config-linux.md#cpu)\n"
            "/linux/resources/cpu/burst: must be at most the quota 999, is 1000 "
            "(config-linux.md#cpu)\n"
            "/linux/resources/cpu/period: must be from 1000 to 1000000 microseconds, is 1000001 "
            "(config-linux.md#cpu)\n"
            "/linux/resources/cpu/cpus: must be a list of numbers and ranges such as 0-3,7; is "
            "\"a\" (config-linux.md#cpu)\n"
            "/linux/resources/cpu/mems: must be a list of numbers and ranges such as 0-3,7; is "
            "\"0,\" (config-linux.md#cpu)\n"
            "/linux/resources/cpu/idle: must be from 0 to 1, is 2 (config-linux.md#cpu)");
}

TEST(ValidatePids, ZeroIsALimit) {
  EXPECT_EQ(problems_in_resources(R"({"pids": {"limit": 0}})"), "");
}

TEST(ValidateBlockIo, WeightsAreFrom10To1000OrUnset) {
  EXPECT_EQ(problems_in_resources(R"({"blockIO": {"weight": 0, "leafWeight": 1000,
      "weightDevice": [{"major": 8, "minor": 0, "leafWeight": 10}]}})"),
            "");
  EXPECT_EQ(problems_in_resources(R"({"blockIO": {"weight": 9, "weightDevice": [
      {"major": 8, "minor": -1, "weight": 1001}, {"major": 8, "minor": 0}],
      "throttleWriteIOPSDevice": [{"major": -1, "minor": 0, "rate": 1}]}})"),
            "/linux/resources/blockIO/weight: must be from 10 to 1000, is 9 "
            "(config-linux.md#block-io)\n"
            "/linux/resources/blockIO/weightDevice/0/minor: must be from 0 to 4294967295, is -1 "
            "(config-linux.md#block-io)\n"
            "/linux/resources/blockIO/weightDevice/0/weight: must be from 10 to 1000, is 1001 "
            "(config-linux.md#block-io)\n"
            "/linux/resources/blockIO/weightDevice/1: must have a weight or a leafWeight "
            "(config-linux.md#block-io)\n"
            "/linux/resources/blockIO/throttleWriteIOPSDevice/0/major: must be from 0 to "
            "4294967295, is -1 (config-linux.md#block-io)");
}

TEST(ValidateHugepages, SizesHaveAUnit) {
  for (const char* size : {"64KB", "2MB", "1GB"}) {
    EXPECT_EQ(problems_in_resources(R"({"hugepageLimits": [{"limit": 0, "pageSize": ")" +
                                    std::string(size) + R"("}]})"),
              "");
  }
  for (const char* size : {"", "MB", "2", "2M", "2mb", "../2MB", "2MB "}) {
    EXPECT_EQ(problems_in_resources(R"({"hugepageLimits": [{"limit": 0, "pageSize": ")" +
                                    std::string(size) + R"("}]})"),
              "/linux/resources/hugepageLimits/0/pageSize: must be a size such as 64KB, 2MB or "
              "1GB; is \"" +
                  std::string(size) + "\" (config-linux.md#huge-page-limits)");
  }
}

TEST(ValidateNetworkClass, PrioritiesNameInterfaces) {
  EXPECT_EQ(
      problems_in_resources(R"({"network": {"priorities": [{"name": "eth 0", "priority": 1}]}})"),
      "/linux/resources/network/priorities/0/name: must be the name of a network interface: "
      "1 to 15 characters without \"/\", \":\" and spaces; is \"eth 0\" "
      "(config-linux.md#network)");
}

TEST(ValidateRdma, KeysNameDevices) {
  EXPECT_EQ(problems_in_resources(R"({"rdma": {"mlx5_0": {"hcaHandles": 3}}})"), "");
  EXPECT_EQ(problems_in_resources(R"({"rdma": {"mlx5_0 x": {"hcaHandles": 3}}})"),
            "/linux/resources/rdma/mlx5_0 x: must be the name of an RDMA device "
            "(config-linux.md#rdma)");
  EXPECT_EQ(problems_in_resources(R"({"rdma": {"mlx5_0": {}}})"),
            "/linux/resources/rdma/mlx5_0: must have hcaHandles or hcaObjects "
            "(config-linux.md#rdma)");
}

TEST(ValidateUnified, KeysNameFilesOfTheCgroup) {
  EXPECT_EQ(problems_in_resources(R"({"unified": {"memory.high": "1", "hugetlb.2MB.max": "0"}})"),
            "");
  EXPECT_EQ(problems_in_resources(R"({"unified": {"../cpu.max": "1"}})"),
            "/linux/resources/unified/..~1cpu.max: must be the name of a file, without \"/\" "
            "(config-linux.md#unified)");
  for (const char* key : {"", ".", "..", "memory", "memory.", ".high"}) {
    EXPECT_EQ(problems_in_resources(R"({"unified": {")" + std::string(key) + R"(": "1"}})"),
              "/linux/resources/unified/" + std::string(key) +
                  ": must have the form controller.file, such as memory.high "
                  "(config-linux.md#unified)");
  }
}

}  // namespace
}  // namespace ocirt::spec
