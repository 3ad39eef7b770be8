#include "hooks/nvidia/plan/request.h"

#include <gtest/gtest.h>

namespace ocirt::nvidia {
namespace {

Request selected(std::vector<std::string> devices) {
  return {.selection = GpuSelection::Selected, .devices = std::move(devices)};
}

TEST(Request, GpusIsReadAsEnginesWriteIt) {
  struct Case {
    const char* value;
    Request request;
  };
  const Case cases[] = {
      {"all", {.selection = GpuSelection::All}},
      {"none", {}},
      {"0", selected({"0"})},
      {"0,1", selected({"0", "1"})},
      {"0:1", selected({"0:1"})},
      {"nvidia.com/gpu=all", {.selection = GpuSelection::All}},
      {"nvidia.com/gpu=3", selected({"3"})},
      {"device=0,1", selected({"0", "1"})},
      {"\"device=0,1\"", selected({"0", "1"})},
      {"device=GPU-8a6b", selected({"GPU-8a6b"})},
      {"count=2", {.selection = GpuSelection::First, .count = 2}},
      {"all,capabilities=utility", {.selection = GpuSelection::All, .capabilities = kUtility}},
      {"\"device=0\",\"capabilities=compute,video\"",
       {.selection = GpuSelection::Selected, .devices = {"0"}, .capabilities = kCompute | kVideo}},
      {"driver=nvidia,count=all,capabilities=gpu", {.selection = GpuSelection::All}},
  };
  for (const Case& one : cases) {
    const Result<Request> request = parse_gpus(one.value);
    ASSERT_TRUE(request) << one.value;
    EXPECT_EQ(*request, one.request) << one.value;
  }
}

TEST(Request, WhatMakesNoSenseIsRefused) {
  for (const char* value :
       {"", "count=0", "count=x", "colour=red", "all,capabilities=fly", "driver=amd"}) {
    EXPECT_FALSE(parse_gpus(value)) << value;
  }
}

Result<std::optional<Request>> from_env(std::vector<std::string> env, Trust trust,
                                        std::optional<std::string> annotation = {}) {
  return find_request({.annotation = std::move(annotation), .env = env, .trust = trust});
}

TEST(Request, AnImagesEnvironmentAloneGrantsNothing) {
  const auto request = from_env({"NVIDIA_VISIBLE_DEVICES=all"}, Trust::Annotation);
  ASSERT_TRUE(request);
  EXPECT_EQ(*request, std::nullopt);
}

TEST(Request, ATrustedEnvironmentDoes) {
  const auto request = from_env({"NVIDIA_VISIBLE_DEVICES=0,GPU-1"}, Trust::Environment);
  ASSERT_TRUE(request);
  EXPECT_EQ(*request, selected({"0", "GPU-1"}));
}

TEST(Request, VoidMeansThatSomebodyElseGaveThem) {
  for (const Trust trust : {Trust::Annotation, Trust::Environment}) {
    const auto request = from_env({"NVIDIA_VISIBLE_DEVICES=0,void"}, trust, "all");
    ASSERT_TRUE(request);
    EXPECT_EQ(*request, std::nullopt);
  }
}

TEST(Request, TheImageSaysWhichLibrariesItUsesAndWhatItNeeds) {
  const auto request = from_env({"NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=video",
                                 "NVIDIA_REQUIRE_CUDA=cuda>=9.0", "NVIDIA_REQUIRE_JETPACK=x"},
                                Trust::Annotation, "1");
  ASSERT_TRUE(request);
  Request wanted = selected({"1"});
  wanted.capabilities = kVideo;
  wanted.requirements = {{"NVIDIA_REQUIRE_CUDA", "cuda>=9.0"}};
  EXPECT_EQ(*request, wanted);
}

TEST(Request, TheUsersCapabilitiesWinOverTheImages) {
  const auto request =
      from_env({"NVIDIA_DRIVER_CAPABILITIES=all"}, Trust::Annotation, "all,capabilities=utility");
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->capabilities, kUtility);
}

TEST(Request, RequirementsCanBeDisabled) {
  const auto request = from_env({"NVIDIA_REQUIRE_CUDA=cuda>=99", "NVIDIA_DISABLE_REQUIRE=true"},
                                Trust::Annotation, "all");
  ASSERT_TRUE(request && *request);
  EXPECT_TRUE((*request)->requirements.empty());
}

TEST(Request, OnlyThePrivilegedReshapeGpus) {
  const std::vector<std::string> env = {"NVIDIA_MIG_CONFIG_DEVICES=all"};
  for (const bool is_privileged : {false, true}) {
    const auto request =
        find_request({.annotation = "all", .env = env, .is_privileged = is_privileged});
    ASSERT_TRUE(request && *request);
    EXPECT_EQ((*request)->mig_config, is_privileged);
  }
}

}  // namespace
}  // namespace ocirt::nvidia
