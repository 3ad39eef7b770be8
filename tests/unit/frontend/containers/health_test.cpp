#include "frontend/containers/health.h"

#include <gtest/gtest.h>

namespace ocirt::containers {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

HealthState after(const std::vector<int>& codes, const model::HealthCheck& check,
                  int64_t running_ns) {
  HealthState state;
  for (const int code : codes) state = after_probe(state, {.exit_code = code}, check, running_ns);
  return state;
}

TEST(Health, NeedsAsManyFailuresAsWereAskedFor) {
  EXPECT_EQ(after({1, 1}, {}, kSecond).status, "starting");
  EXPECT_EQ(after({1, 1, 1}, {}, kSecond).status, "unhealthy");
  EXPECT_EQ(after({1}, {.retries = 1}, kSecond).status, "unhealthy");
}

TEST(Health, IsGoodAgainAfterOneSuccess) {
  EXPECT_EQ(after({1, 1, 1, 0}, {}, kSecond).status, "healthy");
  EXPECT_EQ(after({0, 1, 1}, {}, kSecond).status, "healthy");
  EXPECT_EQ(after({1, 1, 0, 1, 1}, {}, kSecond).failing_streak, 2);
}

TEST(Health, CountsNoFailuresWhileTheContainerStarts) {
  const model::HealthCheck check{.start_period = 10 * kSecond};
  EXPECT_EQ(after({1, 1, 1, 1}, check, kSecond).failing_streak, 0);
  EXPECT_EQ(after({1, 1, 1}, check, 11 * kSecond).status, "unhealthy");
  EXPECT_EQ(after({0, 1, 1, 1}, check, kSecond).status, "unhealthy");
}

TEST(Health, KeepsTheLatestFiveProbes) {
  const HealthState state = after({1, 2, 3, 4, 5, 6}, {}, kSecond);
  ASSERT_EQ(state.log.size(), 5U);
  EXPECT_EQ(state.log.front().exit_code, 2);
}

}  // namespace
}  // namespace ocirt::containers
