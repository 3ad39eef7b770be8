// Sizes and durations as people write them.
#include "runtime/commands/quantities.h"

#include <gtest/gtest.h>

namespace ocirt::commands {
namespace {

constexpr int64_t kRefused = -99;

int64_t size(std::string_view text) {
  return parse_size("memory", text).value_or(kRefused);
}

int64_t duration(std::string_view text) {
  return parse_duration_ms("interval", text).value_or(kRefused);
}

TEST(Size, IsANumberOfBytes) {
  EXPECT_EQ(size("0"), 0);
  EXPECT_EQ(size("1048576"), 1048576);
  EXPECT_EQ(size("9223372036854771712"), 9223372036854771712);
}

TEST(Size, TakesUnitsAsPowersOf1024) {
  EXPECT_EQ(size("1b"), 1);
  EXPECT_EQ(size("2k"), 2048);
  EXPECT_EQ(size("512KiB"), 512 * 1024);
  EXPECT_EQ(size("64M"), 64 << 20);
  EXPECT_EQ(size("1.5 g"), 3LL << 29);
  EXPECT_EQ(size("3tb"), 3LL << 40);
}

TEST(Size, OfMinusOneIsNoLimit) {
  EXPECT_EQ(size("-1"), -1);
}

TEST(Size, RefusesWhatIsNone) {
  for (const char* text :
       {"", "m", "12x", "-2", "1..5m", "1m2", "0x10", "nan", "99999999p", "1 2"}) {
    EXPECT_EQ(size(text), kRefused) << text;
  }
}

TEST(Duration, IsASumOfUnits) {
  EXPECT_EQ(duration("5s"), 5000);
  EXPECT_EQ(duration("300ms"), 300);
  EXPECT_EQ(duration("1m30s"), 90'000);
  EXPECT_EQ(duration("1.5h"), 5'400'000);
  EXPECT_EQ(duration("2000us"), 2);
}

TEST(Duration, RefusesWhatIsNoneOrTooShort) {
  for (const char* text : {"", "5", "s", "5x", "0s", "999us", "-1s", "1e9h"}) {
    EXPECT_EQ(duration(text), kRefused) << text;
  }
}

TEST(Number, RefusesSignsAndTails) {
  EXPECT_EQ(parse_signed("cpu-quota", "-1").value_or(7), -1);
  EXPECT_FALSE(parse_unsigned("cpu-share", "-1"));
  EXPECT_FALSE(parse_unsigned("cpu-share", "12 "));
  EXPECT_FALSE(parse_signed("cpu-quota", "99999999999999999999"));
  EXPECT_EQ(parse_unsigned("cpu-share", "x").error().message(),
            "--cpu-share takes a whole number of 0 or more, not \"x\"");
}

}  // namespace
}  // namespace ocirt::commands
