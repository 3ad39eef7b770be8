// Which devices a container may use, and how v1 is told.
#include "runtime/plan/device_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocirt::plan {
namespace {

using testing::ElementsAre;

constexpr size_t kDefaults = 12;  // rules that every container gets

spec::DeviceRule rule(bool allow, std::optional<std::string> type = {},
                      std::optional<int64_t> major = {}, std::optional<int64_t> minor = {},
                      std::optional<std::string> access = {}) {
  return {.allow = allow, .type = type, .major = major, .minor = minor, .access = access};
}

std::vector<DeviceAccess> decided(const std::vector<spec::DeviceRule>& asked) {
  Result<std::vector<DeviceAccess>> rules = decide_device_filter(asked);
  EXPECT_TRUE(rules) << rules.error().message();
  return rules ? *std::move(rules) : std::vector<DeviceAccess>();
}

std::vector<std::string> writes(const std::vector<DeviceAccess>& rules) {
  std::vector<std::string> lines;
  const Result<std::vector<CgroupWrite>> writes = device_writes(rules, 3);
  EXPECT_TRUE(writes) << writes.error().message();
  if (!writes) return lines;
  for (const CgroupWrite& write : *writes) {
    EXPECT_EQ(write.directory, 3U);
    lines.push_back(write.file + " " + write.value);
  }
  return lines;
}

DeviceAccess access(bool allow, char type, std::optional<uint32_t> major,
                    std::optional<uint32_t> minor, std::string kinds) {
  return {.allow = allow, .type = type, .major = major, .minor = minor, .access = kinds};
}

// GHSA-g54h-m393-cpwq: no device rules must not mean that all devices are allowed.
TEST(DeviceFilter, StartsFromDenyAllWithoutRules) {
  const std::vector<DeviceAccess> rules = decided({});
  ASSERT_EQ(rules.size(), 1 + kDefaults);
  EXPECT_EQ(rules.front(), access(false, 'a', {}, {}, "rwm"));
}

TEST(DeviceFilter, StartsFromDenyAllWhateverTheRules) {
  const std::vector<DeviceAccess> rules = decided({rule(true, "c", 10, 229, "rw")});
  ASSERT_EQ(rules.size(), 2 + kDefaults);
  EXPECT_EQ(rules[0], access(false, 'a', {}, {}, "rwm"));
  EXPECT_EQ(rules[1], access(true, 'c', 10, 229, "rw"));
}

// Engines begin their list with this rule; /dev/null has to work all the same.
TEST(DeviceFilter, DefaultDevicesOutliveADenyAll) {
  const std::vector<DeviceAccess> rules = decided({rule(false, "a", -1, -1, "rwm")});
  ASSERT_EQ(rules.size(), 1 + kDefaults);
  EXPECT_EQ(rules[1], access(true, 'c', 1, 3, "rwm"));
  EXPECT_EQ(rules.back(), access(true, 'c', {}, {}, "m"));
}

TEST(DeviceFilter, ARuleForEverythingMakesThoseBeforeItNeedless) {
  const std::vector<DeviceAccess> rules =
      decided({rule(true, "c", 10, 229, "rw"), rule(false), rule(true, "b", 8, 0, "r")});
  ASSERT_EQ(rules.size(), 2 + kDefaults);
  EXPECT_EQ(rules[0], access(false, 'a', {}, {}, "rwm"));
  EXPECT_EQ(rules[1], access(true, 'b', 8, 0, "r"));
}

TEST(DeviceFilter, APrivilegedContainerMayUseEverything) {
  EXPECT_THAT(decided({rule(false), rule(true, "a", {}, {}, "rwm")}),
              ElementsAre(access(true, 'a', {}, {}, "rwm")));
}

// What looks like "allow one device" must not become "allow all".
TEST(DeviceFilter, AnyTypeWithANumberIsNotEverything) {
  const std::vector<DeviceAccess> rules = decided({rule(true, "a", 1, 3, "rwm")});
  EXPECT_EQ(rules[0], access(false, 'a', {}, {}, "rwm"));
  EXPECT_EQ(rules[1], access(true, 'a', 1, 3, "rwm"));
}

TEST(DeviceFilter, NumbersThatNoDeviceHasAreErrors) {
  for (int64_t number : {int64_t{-2}, int64_t{1} << 32}) {
    EXPECT_EQ(decide_device_filter({rule(true, "c", number, 0)}).error().kind,
              ErrorKind::InvalidConfig);
    EXPECT_EQ(decide_device_filter({rule(true, "c", 1, number)}).error().kind,
              ErrorKind::InvalidConfig);
  }
}

// --- version 1 -----------------------------------------------------------------------------------

const DeviceAccess kDenyAll = access(false, 'a', {}, {}, "rwm");
const DeviceAccess kAllowAll = access(true, 'a', {}, {}, "rwm");

TEST(DeviceWrites, ExceptionsFollowTheDefault) {
  EXPECT_THAT(writes({kDenyAll, access(true, 'c', 1, 3, "rwm"), access(true, 'b', 8, {}, "r")}),
              ElementsAre("devices.deny a", "devices.allow b 8:* r", "devices.allow c 1:3 rwm"));
  EXPECT_THAT(writes({kAllowAll, access(false, 'c', 1, 3, "w")}),
              ElementsAre("devices.allow a", "devices.deny c 1:3 w"));
}

// In the kernel's list "a" means everything, whatever numbers follow it.
TEST(DeviceWrites, AnyTypeIsSpelledOut) {
  EXPECT_THAT(writes({kDenyAll, access(true, 'a', 1, 3, "r")}),
              ElementsAre("devices.deny a", "devices.allow b 1:3 r", "devices.allow c 1:3 r"));
}

TEST(DeviceWrites, LaterRulesTakeBackEarlierOnes) {
  EXPECT_THAT(writes({kDenyAll, access(true, 'c', 1, 3, "rwm"), access(false, 'c', 1, {}, "wm")}),
              ElementsAre("devices.deny a", "devices.allow c 1:3 r"));
  EXPECT_THAT(writes({kDenyAll, access(true, 'c', 1, 3, "rw"), access(false, 'c', 1, 3, "rwm")}),
              ElementsAre("devices.deny a"));
}

TEST(DeviceWrites, AccessToOneDeviceIsJoined) {
  EXPECT_THAT(writes({kDenyAll, access(true, 'c', 1, 3, "m"), access(true, 'c', 1, 3, "r")}),
              ElementsAre("devices.deny a", "devices.allow c 1:3 rm"));
}

// The kernel would accept it, and leave the device allowed.
TEST(DeviceWrites, AHoleInAWiderRuleIsRefused) {
  const Result<std::vector<CgroupWrite>> result = device_writes(
      {kDenyAll, access(true, 'c', 195, {}, "rwm"), access(false, 'c', 195, 5, "rw")}, 0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(result.error().text,
            "linux.resources.devices: cgroup v1 can't deny \"c 195:5 rw\" after allowing "
            "\"c 195:* rwm\"");
}

}  // namespace
}  // namespace ocirt::plan
