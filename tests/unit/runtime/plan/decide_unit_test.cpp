// Units of systemd: limits in its words, and what its errors mean.
#include "runtime/plan/decide_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<UnitProperty> properties_of(std::string file, std::string value) {
  const std::vector<CgroupWrite> writes = {{.file = std::move(file), .value = std::move(value)}};
  return limit_properties(writes);
}

UnitProperty number(std::string name, std::string value) {
  return {.name = std::move(name), .signature = "t", .words = {std::move(value)}};
}

TEST(LimitProperties, AreTheValuesOfTheFiles) {
  EXPECT_THAT(properties_of("memory.max", "65536"), ElementsAre(number("MemoryMax", "65536")));
  EXPECT_THAT(properties_of("memory.swap.max", "0"), ElementsAre(number("MemorySwapMax", "0")));
  EXPECT_THAT(properties_of("memory.max", "max"),
              ElementsAre(number("MemoryMax", "18446744073709551615")));
  EXPECT_THAT(properties_of("cpu.weight", "59"), ElementsAre(number("CPUWeight", "59")));
  EXPECT_THAT(properties_of("cpu.idle", "1"), IsEmpty());
}

// systemd takes 0 for a mistake; the container's own cgroup has it.
TEST(LimitProperties, NoTasksIsOneTaskForTheUnit) {
  EXPECT_THAT(properties_of("pids.max", "0"), ElementsAre(number("TasksMax", "1")));
}

TEST(LimitProperties, QuotasAreRoundedUpToPercents) {
  EXPECT_THAT(
      properties_of("cpu.max", "33333 100000"),
      ElementsAre(number("CPUQuotaPerSecUSec", "340000"), number("CPUQuotaPeriodUSec", "100000")));
  EXPECT_THAT(properties_of("cpu.max", "150000"),
              ElementsAre(number("CPUQuotaPerSecUSec", "1500000")));
  EXPECT_THAT(properties_of("cpu.max", "max 50000"),
              ElementsAre(number("CPUQuotaPerSecUSec", "18446744073709551615"),
                          number("CPUQuotaPeriodUSec", "50000")));
  EXPECT_THAT(properties_of("cpu.max", "1 0"), IsEmpty());
}

TEST(LimitProperties, ProcessorsAreBits) {
  const UnitProperty expected = {
      .name = "AllowedCPUs", .signature = "ay", .words = {"2", "7", "2"}};
  EXPECT_THAT(properties_of("cpuset.cpus", "0-2,9"), ElementsAre(expected));
}

TEST(LimitProperties, DevicesOfOneKindShareAProperty) {
  const std::vector<CgroupWrite> writes = {{.file = "io.max", .value = "8:0 rbps=100 wiops=max"},
                                           {.file = "io.max", .value = "8:16 rbps=200"}};
  const UnitProperty reads = {.name = "IOReadBandwidthMax",
                              .signature = "a(st)",
                              .words = {"2", "/dev/block/8:0", "100", "/dev/block/8:16", "200"}};
  const UnitProperty writings = {.name = "IOWriteIOPSMax",
                                 .signature = "a(st)",
                                 .words = {"1", "/dev/block/8:0", "18446744073709551615"}};
  EXPECT_THAT(limit_properties(writes), ElementsAre(reads, writings));
}

TEST(LimitProperties, WeightsAreTheUsualOnes) {
  const std::vector<CgroupWrite> writes = {
      {.file = "io.bfq.weight", .value = "500", .other_file = "io.weight", .other_value = "4950"}};
  EXPECT_THAT(limit_properties(writes), ElementsAre(number("IOWeight", "4950")));
}

TEST(LimitProperties, LaterValuesWin) {
  const std::vector<CgroupWrite> writes = {{.file = "memory.max", .value = "1"},
                                           {.file = "memory.max", .value = "2"}};
  EXPECT_THAT(limit_properties(writes), ElementsAre(number("MemoryMax", "2")));
}

const UnitReference kUnit = {
    .bus = "unix:path=/run/user/1000/bus", .name = "a.scope", .path = "/a.scope", .is_users = true};

TEST(BusErrors, ATakenNameSaysHowToFreeIt) {
  const Error error =
      explain_bus_error(kUnit, "start", "org.freedesktop.systemd1.UnitExists", "Unit exists.");
  EXPECT_EQ(error.kind, ErrorKind::AlreadyExists);
  EXPECT_THAT(error.text, HasSubstr("a.scope exists already"));
  EXPECT_THAT(error.hint, HasSubstr("systemctl --user stop a.scope"));
}

TEST(BusErrors, ABusThatNobodyAnswersOnIsNamed) {
  const Error error =
      explain_bus_error(kUnit, "connect to", "System.Error.ECONNREFUSED", "Connection refused");
  EXPECT_EQ(error.text, "systemd: connect to unix:path=/run/user/1000/bus: Connection refused");
  EXPECT_THAT(error.hint, HasSubstr("--cgroup-manager=cgroupfs"));
}

TEST(BusErrors, MissingRightsSpeakOfTheSession) {
  const Error error = explain_bus_error(
      kUnit, "start", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
      "Interactive authentication required.");
  EXPECT_EQ(error.kind, ErrorKind::Denied);
  EXPECT_THAT(error.hint, HasSubstr("machinectl shell"));
}

TEST(Subgroup, IsContainerUnlessAskedOtherwise) {
  EXPECT_EQ(decide_subgroup({}).value(), "container");
  EXPECT_EQ(decide_subgroup({{"run.oci.systemd.subgroup", ""}}).value(), "");
  EXPECT_EQ(decide_subgroup({{"run.oci.systemd.subgroup", "own"}}).value(), "own");
  for (const char* name : {"..", ".", "a/b", "/", "cgroup.procs"}) {
    EXPECT_FALSE(decide_subgroup({{"run.oci.systemd.subgroup", name}})) << name;
  }
}

}  // namespace
}  // namespace ocirt::plan
