// Errors keep what a caller branches on, and print as one line.
#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace ocirt {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return make_error(ErrorKind::InvalidConfig, "an odd number");
  return number / 2;
}

Result<int> quarter(int number) {
  const int once = TRY(half(number));
  return TRY(half(once));
}

Result<> check(int number) {
  TRY(quarter(number));
  return {};
}

Result<std::unique_ptr<int>> boxed(int number) {
  return std::make_unique<int>(TRY(half(number)));
}

TEST(Result, TryPassesTheValueOn) {
  EXPECT_EQ(*quarter(8), 2);
}

TEST(Result, TryReturnsTheErrorOfTheInnerCall) {
  Result<> result = check(6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(result.error().text, "an odd number");
}

TEST(Result, TryMovesOwners) {
  Result<std::unique_ptr<int>> result = boxed(4);
  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 2);
}

TEST(Error, MessageAddsTheErrnoInWords) {
  EXPECT_EQ(system_error(ENOENT, "open \"/x\"").message(),
            "open \"/x\": No such file or directory");
  EXPECT_EQ(make_error(ErrorKind::BadState, "container not running").message(),
            "container not running");
}

TEST(Error, KindFollowsFromErrno) {
  EXPECT_EQ(system_error(ENOENT, "").kind, ErrorKind::NotFound);
  EXPECT_EQ(system_error(EPERM, "").kind, ErrorKind::Denied);
  EXPECT_EQ(system_error(EIO, "").kind, ErrorKind::System);
}

TEST(Error, TheInnermostStageStays) {
  Error error = system_error(EIO, "x").at("Rootfs").at("Create");
  EXPECT_EQ(error.stage, "Rootfs");
}

}  // namespace
}  // namespace ocirt
