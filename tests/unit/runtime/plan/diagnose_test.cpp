#include "runtime/plan/diagnose.h"

#include <gtest/gtest.h>

#include <string>

namespace ocirt::plan {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};

HostFacts root_on_v2() {
  HostFacts host;
  host.effective_capabilities = kAll;
  host.cgroup.layout = CgroupLayout::V2;
  host.cgroup.v2_levels = {{.path = "/", .controllers = {"cpu", "memory"}, .writable = true}};
  return host;
}

HostFacts user_on_v2() {
  HostFacts host = root_on_v2();
  host.effective_capabilities = 0;
  host.euid = 1000;
  host.cgroup.own_v2_writable = true;
  host.cgroup.v2_levels = {
      {.path = "/", .controllers = {"cpu", "cpuset", "io", "memory", "pids"}},
      {.path = "/user.slice", .controllers = {"memory", "pids"}},
      {.path = "/user.slice/mine", .controllers = {"memory", "pids"}, .writable = true}};
  return host;
}

Finding of(const HostFacts& host, const DoctorFacts& facts, const std::string& topic) {
  for (const Finding& finding : diagnose(host, facts)) {
    if (finding.topic == topic) return finding;
  }
  ADD_FAILURE() << "nothing about " << topic;
  return {};
}

TEST(Diagnose, EveryTroubleHasACure) {
  DoctorFacts bad;
  bad.missing_calls = {"clone3"};
  bad.missing_namespaces = {"time"};
  bad.trial_failure = "make a user namespace: no space left on device";
  bad.state_root_problem = "/run is not yours to write";
  HostFacts nobody;
  nobody.euid = 1000;
  for (const HostFacts& host : {root_on_v2(), user_on_v2(), nobody}) {
    for (const DoctorFacts& facts : {DoctorFacts{}, bad}) {
      for (const Finding& finding : diagnose(host, facts)) {
        EXPECT_EQ(finding.verdict == Verdict::Yes, finding.cure.empty()) << finding.topic;
        EXPECT_FALSE(finding.text.empty()) << finding.topic;
      }
    }
  }
}

TEST(Diagnose, OnlyEssentialTroubleKeepsContainersFromRunning) {
  DoctorFacts facts;
  EXPECT_TRUE(can_run(diagnose(user_on_v2(), facts)));
  facts.trial_failure = "x";
  EXPECT_FALSE(can_run(diagnose(user_on_v2(), facts)));
  facts = {};
  facts.state_root_problem = "x";
  EXPECT_FALSE(can_run(diagnose(user_on_v2(), facts)));
  facts = {};
  facts.missing_calls = {"clone3"};
  EXPECT_FALSE(can_run(diagnose(user_on_v2(), facts)));
}

TEST(Diagnose, DelegationNamesWhatIsMissingAndWhereItStops) {
  const Finding finding = of(user_on_v2(), {}, "cgroups");
  EXPECT_EQ(finding.verdict, Verdict::Partly);
  EXPECT_EQ(finding.text,
            "v2; no limits of cpu cpuset io, whose delegation stops at /user.slice (delegated to "
            "you: memory pids)");
  EXPECT_NE(finding.cure.find("Delegate="), std::string::npos);
}

TEST(Diagnose, SubordinateIdsNeedAGrantAndAPrivilegedHelper) {
  HostFacts host = user_on_v2();
  DoctorFacts facts;
  EXPECT_NE(of(host, facts, "ids").cure.find("usermod"), std::string::npos);
  host.subordinate_uids = host.subordinate_gids = {{.start = 100000, .size = 65536}};
  EXPECT_NE(of(host, facts, "ids").cure.find("uidmap"), std::string::npos);
  facts.newuidmap = "/usr/bin/newuidmap";
  EXPECT_NE(of(host, facts, "ids").cure.find("chmod u+s"), std::string::npos);
  facts.newuidmap_privileged = true;
  EXPECT_EQ(of(host, facts, "ids").verdict, Verdict::Yes);
  EXPECT_EQ(of(root_on_v2(), {}, "ids").verdict, Verdict::Yes);
}

}  // namespace
}  // namespace ocirt::plan
