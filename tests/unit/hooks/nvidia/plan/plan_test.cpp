#include "hooks/nvidia/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {
namespace {

using ::testing::HasSubstr;

Driver one_gpu() {
  Driver driver{.version = "535.104.05"};
  driver.libraries = {{.path = "/usr/lib64/libcuda.so.535.104.05",
                       .name = "libcuda.so.535.104.05",
                       .soname = "libcuda.so.1",
                       .serves = kCompute}};
  driver.control = {.path = "/dev/nvidiactl", .destination = "/dev/nvidiactl"};
  driver.uvm = Node{.path = "/dev/nvidia-uvm", .destination = "/dev/nvidia-uvm"};
  driver.gpus = {{.pci_address = "0000:19:00.0",
                  .uuid = "GPU-ab",
                  .node = {.path = "/dev/nvidia0", .destination = "/dev/nvidia0"}}};
  return driver;
}

Request selected(const char* device) {
  return {.selection = GpuSelection::Selected, .devices = {device}};
}

TEST(Plan, AGpuIsNamedByIndexUuidOrAddress) {
  for (const char* name : {"0", "GPU-ab", "gpu-AB", "0000:19:00.0", "00000000:19:00.0"}) {
    const Result<Plan> plan = make_plan(one_gpu(), selected(name), {});
    ASSERT_TRUE(plan) << name << ": " << plan.error().text;
    EXPECT_EQ(plan->gpus, std::vector<uint32_t>{0}) << name;
  }
}

TEST(Plan, AnUnknownGpuIsAnErrorThatListsTheOthers) {
  const Result<Plan> plan = make_plan(one_gpu(), selected("7"), {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().text, "there is no GPU 7");
  EXPECT_THAT(plan.error().hint, HasSubstr("GPU-ab"));
}

TEST(Plan, WhatACgroupForbidsIsSaid) {
  Driver driver = one_gpu();
  driver.gpus[0].node.access_error = EPERM;
  const Result<Plan> plan = make_plan(driver, {.selection = GpuSelection::All}, {});
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::Denied);
  EXPECT_THAT(plan.error().hint, HasSubstr("was not given this GPU"));
}

TEST(Plan, AnUnmetRequirementNamesBothVersions) {
  Request request = selected("0");
  request.requirements = {{"NVIDIA_REQUIRE_CUDA", "cuda>=12.9"}};
  const Result<Plan> plan = make_plan(one_gpu(), request, {});
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().text, HasSubstr("cuda>=12.9"));
  EXPECT_THAT(plan.error().text, HasSubstr("CUDA 12.2"));
}

RootfsFacts with_compat(const char* version, const char* note) {
  RootfsFacts rootfs;
  rootfs.compat = CompatFacts{.directory = "/usr/local/cuda/compat",
                              .version = version,
                              .note = note,
                              .entries = {{.key = "libcuda.so.1", .value = "/compat"}}};
  return rootfs;
}

TEST(Plan, ANewerLibcudaOfTheImageComesFirstInTheCacheAndMeetsRequirements) {
  Request request = selected("0");
  request.requirements = {{"NVIDIA_REQUIRE_CUDA", "cuda>=12.9"}};
  const Result<Plan> plan =
      make_plan(one_gpu(), request, with_compat("575.57.08", R"({"driver":[535,550]})"));
  ASSERT_TRUE(plan) << plan.error().text;
  EXPECT_EQ(plan->compat_directory, "/usr/local/cuda/compat");
  EXPECT_EQ(plan->cache_entries.front().value, "/compat");
}

TEST(Plan, ForwardCompatibilityIsForTheDriversThatItNames) {
  struct Case {
    const char* version;
    const char* note;
    bool is_used;
  };
  const Case cases[] = {
      {"575.57.08", R"({"format":1,"driver":[535,550,560]})", true},
      {"575.57.08", R"({"driver":[550, 560]})", false},  // not tested with ours
      {"535.104.05", R"({"driver":[535]})", false},      // not newer
      {"535.200", R"({"driver":[535]})", true},          // newer, of the same branch
      {"575.57.08", "", true},                           // of a time before notes
      {"535.200", "", false},                            // there the branch has to be newer
      {"575.57.08", R"({"driver":)", false},             // an attacker's
      {"575.57.08", R"({"driver":[535)", true},
      {"575.57.08", "garbage", false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(uses_compat(*with_compat(one.version, one.note).compat, "535.104.05"), one.is_used)
        << one.version << ' ' << one.note;
  }
}

TEST(Plan, ASonameWithASlashMakesNoLink) {
  Driver driver = one_gpu();
  driver.libraries[0].soname = "../../etc/passwd";
  const Result<Plan> plan = make_plan(driver, selected("0"), {});
  ASSERT_TRUE(plan);
  for (const PlannedLink& link : plan->links) EXPECT_EQ(link.path.text, "/usr/lib64/libcuda.so");
}

TEST(Plan, ParamsAreMaskedSoThatNobodyMakesNodesAnew) {
  Driver driver = one_gpu();
  driver.params = "ResmanDebugLevel: 1\nModifyDeviceFiles: 1\nDeviceFileMode: 438\n";
  const Result<Plan> plan = make_plan(driver, selected("0"), {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->files,
            (std::vector<PlannedFile>{
                {.path = {"/proc/driver/nvidia/params"},
                 .content = "ResmanDebugLevel: 1\nModifyDeviceFiles: 0\nDeviceFileMode: 438\n"}}));
}

TEST(ProcText, TheVersionIsFoundInBothOfTheModulesWordings) {
  EXPECT_EQ(parse_driver_version("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat\n"
                                 "GCC version:  12.2.0\n"),
            "535.104.05");
  EXPECT_EQ(
      parse_driver_version("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.51.02"
                           "  Release Build  (x@y)\n"),
      "575.51.02");
  EXPECT_EQ(parse_driver_version(""), "");
}

TEST(ProcText, AGpuThatWasNeverOpenedHasNoUuid) {
  const GpuInformation info = parse_gpu_information(
      "Model: \t\t Unknown\nGPU UUID: \t GPU-?"
      "?"
      "?-?"
      "?\n"
      "Device Minor: \t 3\nGPU Excluded:\t Yes\n");
  EXPECT_EQ(info, (GpuInformation{.model = "Unknown", .minor = 3, .is_excluded = true}));
}

}  // namespace
}  // namespace ocirt::nvidia
