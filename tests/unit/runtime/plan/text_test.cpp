// Tests of the small work on text that sections share.
#include "runtime/plan/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "runtime/plan/cpu_list.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;

TEST(ContainerPaths, AreCleanedByTheirText) {
  EXPECT_EQ(clean_container_path("/a//b/./c/").text, "/a/b/c");
  EXPECT_EQ(clean_container_path("a/b").text, "/a/b");
  EXPECT_EQ(clean_container_path("/a/../../b").text, "/b");
  EXPECT_EQ(clean_container_path("").text, "/");
  EXPECT_EQ(clean_container_path("/").text, "/");
  EXPECT_EQ(clean_container_path("..").text, "/");
  EXPECT_EQ(clean_container_path("/a/...").text, "/a/...");
  EXPECT_EQ(clean_container_path("/a/b/..").text, "/a");
  EXPECT_EQ(clean_container_path("/a/./b").text, "/a/b");
  EXPECT_EQ(clean_container_path("/.").text, "/");
  EXPECT_EQ(clean_container_path("/a/..b/.c").text, "/a/..b/.c");
}

TEST(HostPaths, AreTakenFromTheBundleIfRelative) {
  EXPECT_EQ(absolute_host_path({"/bundle"}, "rootfs").text, "/bundle/rootfs");
  EXPECT_EQ(absolute_host_path({"/bundle"}, "/srv/../x").text, "/srv/../x");
}

TEST(Paths, AreBelowAFolderByWholeNames) {
  EXPECT_TRUE(is_at_or_below("/proc", "/proc"));
  EXPECT_TRUE(is_at_or_below("/proc/self", "/proc"));
  EXPECT_FALSE(is_at_or_below("/process", "/proc"));
  EXPECT_FALSE(is_at_or_below("/", "/proc"));
  EXPECT_TRUE(is_at_or_below("/anything", "/"));
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Numbers, AreTheWholeText) {
  uint64_t number = 0;
  EXPECT_TRUE(parse_number("18446744073709551615", number));
  EXPECT_EQ(number, UINT64_MAX);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1x", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(parse_number(text, number)) << text;
  }
}

TEST(CpuLists, AreNumbersAndRanges) {
  EXPECT_EQ(parse_cpu_list("0"), CpuSet{0x01});
  EXPECT_EQ(parse_cpu_list("0-3,7"), CpuSet{0x8f});
  EXPECT_EQ(parse_cpu_list("9, 1"), (CpuSet{0x02, 0x02}));
  EXPECT_EQ(parse_cpu_list("8191")->size(), 1024U);
}

TEST(CpuLists, ThatMakeNoSenseAreNothing) {
  for (const char* text : {"", "-", "1-", "-1", "3-1", "a", "1,,2", "8192", "0-99999999999"}) {
    EXPECT_FALSE(parse_cpu_list(text)) << text;
  }
}

}  // namespace
}  // namespace ocirt::plan
