// Tests of what the creator finds out about its host.
#include "runtime/stages/probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ocirt::stages {
namespace {

TEST(ProbeHost, KnowsWhoRunsIt) {
  const Result<plan::HostFacts> facts = probe_host();
  ASSERT_TRUE(facts) << facts.error().text;
  EXPECT_EQ(facts->euid, ::geteuid());
  EXPECT_EQ(facts->egid, ::getegid());
  EXPECT_GE(facts->last_capability, 38);  // Linux 5.8, older than what we need
  EXPECT_EQ(facts->effective_capabilities >> facts->last_capability >> 1, 0U);
  EXPECT_FALSE(facts->own_uid_map.empty());
}

}  // namespace
}  // namespace ocirt::stages
