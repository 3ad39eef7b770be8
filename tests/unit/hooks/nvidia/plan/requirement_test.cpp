#include "hooks/nvidia/plan/requirement.h"

#include <gtest/gtest.h>

namespace ocirt::nvidia {
namespace {

Result<Verdict> judge(const char* expression) {
  return evaluate({"NVIDIA_REQUIRE_CUDA", expression}, {.driver = "535.104.05", .cuda = "12.2"});
}

TEST(Requirement, BlanksMeanOrAndCommasAnd) {
  struct Case {
    const char* expression;
    Verdict verdict;
  };
  const Case cases[] = {
      {"", Verdict::Met},
      {"cuda>=9.0", Verdict::Met},
      {"cuda>=12.9", Verdict::NotMet},
      {"cuda=12.2.0", Verdict::Met},
      {"cuda!=12.2", Verdict::NotMet},
      {"cuda<12.10", Verdict::Met},
      {"cuda>12.2", Verdict::NotMet},
      {"driver>=535,driver<536", Verdict::Met},
      {"driver<=535", Verdict::NotMet},
      {"brand=tesla", Verdict::Unknown},
      {"brand=tesla,driver>=550", Verdict::NotMet},
      {"cuda>=12.9 brand=tesla,driver>=535,driver<536", Verdict::Unknown},
      {"cuda>=12.9 driver>=535", Verdict::Met},
      {"colour=red,cuda>=9", Verdict::Unknown},
  };
  for (const Case& one : cases) {
    const Result<Verdict> verdict = judge(one.expression);
    ASSERT_TRUE(verdict) << one.expression;
    EXPECT_EQ(*verdict, one.verdict) << one.expression;
  }
}

TEST(Requirement, WhatIsNoneIsRefused) {
  for (const char* expression :
       {"cuda", "cuda>=", ">=12", "cuda>=twelve", "cuda>=12.", ",cuda>=9"}) {
    EXPECT_FALSE(judge(expression)) << expression;
  }
}

TEST(Requirement, ADriversBranchTellsItsCuda) {
  EXPECT_EQ(cuda_of_driver("535.104.05"), "12.2");
  EXPECT_EQ(cuda_of_driver("580.159.03"), "13.0");
  EXPECT_EQ(cuda_of_driver("540.1"), "12.2");  // between two branches
  EXPECT_EQ(cuda_of_driver("999.1"), "13.3");  // at least as much as the last we know
  EXPECT_EQ(cuda_of_driver("390.1"), "");
  EXPECT_EQ(cuda_of_driver(""), "");
}

}  // namespace
}  // namespace ocirt::nvidia
