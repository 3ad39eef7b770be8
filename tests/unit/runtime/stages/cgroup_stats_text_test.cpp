// What is read from the text of cgroup files.
#include "runtime/stages/cgroup_stats_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace ocirt::stages {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

TEST(CgroupStatsText, NumbersMayBeMax) {
  EXPECT_EQ(number_of("4096\n"), 4096);
  EXPECT_EQ(number_of("max\n"), kNoLimit);
  EXPECT_EQ(number_of("-1\n"), kNoLimit);
  EXPECT_EQ(number_of(""), 0);
  EXPECT_EQ(number_of("1 2"), 0);
  EXPECT_EQ(number_of("12x"), 0);
}

TEST(CgroupStatsText, KeyedNumbersPassOverOtherLines) {
  EXPECT_THAT(keyed_numbers_of("anon 12\nfile 3\n\nodd\nN0=1 2 3\nneg -4\n"),
              UnorderedElementsAre(Pair("anon", 12), Pair("file", 3)));
}

TEST(CgroupStatsText, ListsHaveRanges) {
  EXPECT_THAT(list_of("0-2,7\n"), ElementsAre(0, 1, 2, 7));
  EXPECT_THAT(list_of("\n"), IsEmpty());
  EXPECT_THAT(list_of("0-4294967295,x,3"), ElementsAre(3));
}

TEST(CgroupStatsText, PressureKeepsTheKernelsDecimals) {
  const Pressure pressure =
      pressure_of("some avg10=0.25 avg60=1.00 avg300=x total=77\nfull avg10=0.00 total=5\n");
  EXPECT_EQ(pressure, (Pressure{.some = {.avg10 = "0.25", .avg60 = "1.00", .total = 77},
                                .full = {.avg10 = "0.00", .total = 5}}));
}

TEST(CgroupStatsText, UsageAllHasAHeader) {
  CpuStats stats;
  add_usage_all("cpu user system\n0 10 20\n1 30 40\n", stats);
  EXPECT_THAT(stats.per_cpu_user, ElementsAre(10, 30));
  EXPECT_THAT(stats.per_cpu_kernel, ElementsAre(20, 40));
}

TEST(CgroupStatsText, BlockIoOfVersion1HasOperationsOrNone) {
  EXPECT_THAT(block_io_entries_of("8:0 Read 128\n8:0 Total 128\nTotal 128\n"),
              ElementsAre(BlockIoEntry{8, 0, "Read", 128}, BlockIoEntry{8, 0, "Total", 128}));
  EXPECT_THAT(block_io_entries_of("8:16 6792\n"), ElementsAre(BlockIoEntry{8, 16, "", 6792}));
}

TEST(CgroupStatsText, IoStatOfVersion2IsToldAsVersion1Does) {
  BlockIoStats stats;
  add_io_stat("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n259:1 \n", stats);
  EXPECT_THAT(stats.service_bytes,
              ElementsAre(BlockIoEntry{8, 0, "Read", 1}, BlockIoEntry{8, 0, "Write", 2}));
  EXPECT_THAT(stats.serviced,
              ElementsAre(BlockIoEntry{8, 0, "Read", 3}, BlockIoEntry{8, 0, "Write", 4}));
}

}  // namespace
}  // namespace ocirt::stages
