// The checks of the process.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

std::string problems_in_process(const std::string& patch) {
  return problems_with(R"({"process": )" + patch + "}");
}

TEST(ValidateProcess, ExecsProcessHasPointersOfItsOwn) {
  const std::vector<Finding> expected = {
      {"/cwd", "must be an absolute path, is \"\"", "config.md#process"}};
  EXPECT_EQ(find_problems(Process{.args = {"sh"}}), expected);
}

TEST(ValidateProcess, EnvEntriesHaveANameAndAreNeverShown) {
  EXPECT_EQ(problems_in_process(R"({"env": ["A=", "A=b=c", "SECRET", "=secret", ""]})"),
            "/process/env/2: must be NAME=value, has no \"=\" (config.md#process)\n"
            "/process/env/3: must be NAME=value, has no name (config.md#process)\n"
            "/process/env/4: must be NAME=value, has no \"=\" (config.md#process)");
}

TEST(ValidateProcess, ConsoleSizeIsIgnoredWithoutATerminal) {
  EXPECT_EQ(
      problems_in_process(R"({"terminal": false, "consoleSize": {"height": 70000, "width": 1}})"),
      "");
  EXPECT_EQ(
      problems_in_process(R"({"terminal": true, "consoleSize": {"height": 70000, "width": 1}})"),
      "/process/consoleSize/height: must be from 0 to 65535, is 70000 (config.md#process)");
}

TEST(ValidateProcess, NoIdIsMinusOne) {
  EXPECT_EQ(problems_in_process(R"({"user": {"uid": 4294967295, "gid": 4294967295, "umask": 4096,
                                             "additionalGids": [0, 4294967295]}})"),
            "/process/user/uid: must be from 0 to 4294967294, is 4294967295 (config.md#user)\n"
            "/process/user/gid: must be from 0 to 4294967294, is 4294967295 (config.md#user)\n"
            "/process/user/umask: must be from 0 to 4095, is 4096 (config.md#user)\n"
            "/process/user/additionalGids/1: must be from 0 to 4294967294, is 4294967295 "
            "(config.md#user)");
}

TEST(ValidateRlimits, TypesAreKnownAndGivenOnce) {
  EXPECT_EQ(problems_in_process(R"({"rlimits": [
      {"type": "RLIMIT_CORE", "soft": 0, "hard": 18446744073709551615},
      {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]})"),
            "/process/rlimits/1/type: must not be given twice, is \"RLIMIT_CORE\" "
            "(config.md#posix-process)");
  EXPECT_EQ(
      problems_in_process(R"({"rlimits": [{"type": "RLIMIT_FILES", "soft": 0, "hard": 0}]})"),
      "/process/rlimits/0/type: must be one of RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, "
      "RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NOFILE, "
      "RLIMIT_NPROC, RLIMIT_RSS, RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK; "
      "is \"RLIMIT_FILES\" (config.md#posix-process)");
}

TEST(ValidateRlimits, SoftIsAtMostHard) {
  EXPECT_EQ(
      problems_in_process(R"({"rlimits": [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1}]})"),
      "/process/rlimits/0/soft: must be at most the hard limit 1, is 2 (config.md#posix-process)");
}

// A capability that we don't know is no finding: the plan leaves it out with a warning.
TEST(ValidateCapabilities, NamesLookLikeCapabilities) {
  EXPECT_EQ(problems_in_process(R"({"capabilities": {
      "bounding": ["CAP_AUDIT_CONTROL", "CAP_WAKE_ALARM", "CAP_NOSUCH"],
      "inheritable": ["cap_chown"], "ambient": ["CHOWN"]}})"),
            "/process/capabilities/inheritable/0: must be a capability such as CAP_CHOWN "
            "(capabilities(7)), is \"cap_chown\" (config.md#linux-process)\n"
            "/process/capabilities/ambient/0: must be a capability such as CAP_CHOWN "
            "(capabilities(7)), is \"CHOWN\" (config.md#linux-process)");
}

TEST(ValidateCapabilities, TheEffectiveArePermitted) {
  EXPECT_EQ(problems_in_process(
                R"({"capabilities": {"effective": ["CAP_KILL"], "permitted": ["CAP_CHOWN"]}})"),
            "/process/capabilities/effective/0: must be permitted too (capset(2)), is "
            "\"CAP_KILL\" (config.md#linux-process)");
}

TEST(ValidateProcess, OomScoreAdjIsWithinTheKernelsRange) {
  EXPECT_EQ(problems_in_process(R"({"oomScoreAdj": -1000})"), "");
  EXPECT_EQ(problems_in_process(R"({"oomScoreAdj": 1001})"),
            "/process/oomScoreAdj: must be from -1000 to 1000, is 1001 (config.md#linux-process)");
}

TEST(ValidateScheduler, PolicyAndFlagsAreKnown) {
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "FIFO", "nice": -21,
                                                  "flags": ["SCHED_FLAG_RECLAIM", "X"]}})"),
            "/process/scheduler/policy: must be one of SCHED_OTHER, SCHED_FIFO, SCHED_RR, "
            "SCHED_BATCH, SCHED_ISO, SCHED_IDLE, SCHED_DEADLINE; is \"FIFO\" "
            "(config.md#linux-process)\n"
            "/process/scheduler/nice: must be from -20 to 19, is -21 (config.md#linux-process)\n"
            "/process/scheduler/flags/1: must be one of SCHED_FLAG_RESET_ON_FORK, "
            "SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, SCHED_FLAG_KEEP_POLICY, "
            "SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX; is "
            "\"X\" (config.md#linux-process)");
}

TEST(ValidateScheduler, PriorityGoesWithRealTimeAlone) {
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_RR", "priority": 99}})"), "");
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_FIFO"}})"),
            "/process/scheduler/priority: must be from 1 to 99, is 0 (config.md#linux-process)");
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_BATCH", "priority": 1}})"),
            "/process/scheduler/priority: only goes with the policies SCHED_FIFO and SCHED_RR "
            "(config.md#linux-process)");
}

TEST(ValidateScheduler, DeadlinesAreOrdered) {
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_DEADLINE", "runtime": 1,
                                                  "deadline": 2, "period": 3}})"),
            "");
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_DEADLINE", "runtime": 3,
                                                  "deadline": 2, "period": 1}})"),
            "/process/scheduler/deadline: must be at least the runtime 3, is 2 "
            "(config.md#linux-process)\n"
            "/process/scheduler/period: must be at least the deadline 2, is 1 "
            "(config.md#linux-process)");
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_DEADLINE"}})"),
            "/process/scheduler/runtime: is required for SCHED_DEADLINE "
            "(config.md#linux-process)");
}

TEST(ValidateScheduler, DeadlinesGoWithTheirPolicyAlone) {
  EXPECT_EQ(problems_in_process(R"({"scheduler": {"policy": "SCHED_OTHER", "runtime": 0,
                                                  "deadline": 2}})"),
            "/process/scheduler/deadline: only goes with the policy SCHED_DEADLINE "
            "(config.md#linux-process)");
}

TEST(ValidateIoPriority, ClassAndPriorityAreKnown) {
  EXPECT_EQ(problems_in_process(R"({"ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 7}})"),
            "");
  EXPECT_EQ(problems_in_process(R"({"ioPriority": {"class": "BE", "priority": 8}})"),
            "/process/ioPriority/class: must be one of IOPRIO_CLASS_RT, IOPRIO_CLASS_BE, "
            "IOPRIO_CLASS_IDLE; is \"BE\" (config.md#linux-process)\n"
            "/process/ioPriority/priority: must be from 0 to 7, is 8 (config.md#linux-process)");
}

TEST(ValidateAffinity, IsAListOfCpus) {
  EXPECT_EQ(problems_in_process(R"({"execCPUAffinity": {"initial": "0-3,7", "final": ""}})"), "");
  for (const char* list :
       {"a", "1,", ",1", "1-", "-1", "3-1", "1 ", "0x1", "1-2-3", "4294967296"}) {
    EXPECT_EQ(
        problems_in_process(R"({"execCPUAffinity": {"final": ")" + std::string(list) + R"("}})"),
        "/process/execCPUAffinity/final: must be a list of numbers and ranges such as "
        "0-3,7; is \"" +
            std::string(list) + "\" (config.md#linux-process)");
  }
}

}  // namespace
}  // namespace ocirt::spec
