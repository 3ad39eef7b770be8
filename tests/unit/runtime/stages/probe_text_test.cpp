// Tests of how the files are read that facts about the host stand in.
#include "runtime/stages/probe_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace ocirt::stages {
namespace {

using plan::SubordinateRange;

TEST(ProcessStatus, TakesTheEffectiveIds) {
  const std::optional<ProcessStatus> status = parse_process_status(
      "Name:\tocirt\nUmask:\t0022\nUid:\t1000\t1001\t1002\t1003\nGid:\t100\t101\t102\t103\n"
      "FDSize:\t64\nGroups:\t4 20 1000 \nCapInh:\t0000000000000000\nCapPrm:\t000001ffffffffff\n"
      "CapEff:\t00000000a80425fb\nCapBnd:\t000001fffeffffff\nCapAmb:\t0000000000000000\n");
  ASSERT_TRUE(status);
  const ProcessStatus expected = {.euid = 1001,
                                  .egid = 101,
                                  .groups = {4, 20, 1000},
                                  .effective_capabilities = 0xa80425fb,
                                  .bounding_capabilities = 0x1fffeffffff};
  EXPECT_EQ(*status, expected);
}

TEST(ProcessStatus, IsNothingWhenALineIsMissing) {
  EXPECT_FALSE(parse_process_status("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\n"));
}

TEST(ProcessStatus, IsNothingWhenANumberIsNone) {
  EXPECT_FALSE(parse_process_status(
      "Uid:\t0\tx\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\nCapEff:\t0\nCapBnd:\t0\n"));
}

TEST(IdMap, ReadsEachLine) {
  const auto map =
      parse_id_map("         0       1000          1\n         1     100000      65536\n");
  ASSERT_TRUE(map);
  const std::vector<spec::IdMapping> expected = {
      {.container_id = 0, .host_id = 1000, .size = 1},
      {.container_id = 1, .host_id = 100000, .size = 65536}};
  EXPECT_EQ(*map, expected);
}

TEST(IdMap, IsEmptyBeforeItIsWritten) {
  const auto map = parse_id_map("");
  ASSERT_TRUE(map);
  EXPECT_TRUE(map->empty());
}

TEST(IdMap, IsNothingWhenANumberIsMissing) {
  EXPECT_FALSE(parse_id_map("0 1000\n"));
}

TEST(SubordinateIds, BelongToTheLoginNameOrTheId) {
  constexpr const char* kText =
      "ana:100000:65536\nbob:165536:65536\n1001:300000:1000\n10010:1:1\nanab:2:2\n";
  const std::vector<SubordinateRange> expected = {{.start = 100000, .size = 65536},
                                                  {.start = 300000, .size = 1000}};
  EXPECT_EQ(parse_subordinate_ids(kText, 1001, "ana"), expected);
}

TEST(SubordinateIds, PassOverLinesThatMakeNoSense) {
  constexpr const char* kText =
      "ana\nana:\nana:x:1\nana:1:-1\nana:1:\nana:1:0\n\n#ana:1:1\nana:7:9";
  const std::vector<SubordinateRange> expected = {{.start = 7, .size = 9}};
  EXPECT_EQ(parse_subordinate_ids(kText, 1001, "ana"), expected);
}

TEST(SubordinateIds, OfAUserWithoutALoginNameAreThoseOfItsId) {
  EXPECT_TRUE(parse_subordinate_ids(":1:1\n", 1001, "").empty());
}

TEST(Login, IsTheFirstOfItsId) {
  constexpr const char* kPasswd =
      "root:x:0:0:root:/root:/bin/bash\nana:x:1001:1001::/home/ana:/bin/sh\nann:x:1001:1::/:/bin/"
      "sh\n";
  EXPECT_EQ(find_login(kPasswd, 1001), "ana");
  EXPECT_EQ(find_login(kPasswd, 1002), "");
}

}  // namespace
}  // namespace ocirt::stages
