// The checks of the seccomp profile.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

constexpr const char* kSection = " (config-linux.md#seccomp)";

std::string problems_in_seccomp(const std::string& members, const std::string& annotations = "") {
  return problems_with(R"({"annotations": {)" + annotations + R"(}, "linux": {"seccomp": {)" +
                       members + "}}}");
}

std::string problems_in_rule(const std::string& members) {
  return problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{)" + members +
                             "}]");
}

TEST(ValidateSeccomp, TakesASoundProfile) {
  EXPECT_EQ(problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
      "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_LOONGARCH64"],
      "flags": ["SECCOMP_FILTER_FLAG_LOG"], "listenerPath": "/run/x", "listenerMetadata": "m",
      "syscalls": [
        {"names": ["a", "b"], "action": "SCMP_ACT_ALLOW", "args": [
          {"index": 5, "value": 1, "valueTwo": 2, "op": "SCMP_CMP_MASKED_EQ"}]},
        {"names": ["c"], "action": "SCMP_ACT_TRACE", "errnoRet": 65535},
        {"names": ["d"], "action": "SCMP_ACT_NOTIFY"}])"),
            "");
}

TEST(ValidateSeccomp, WordsAreKnown) {
  EXPECT_EQ(
      problems_in_seccomp(R"("defaultAction": "ALLOW", "flags": ["X"])"),
      std::string("/linux/seccomp/defaultAction: must be one of SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, "
                  "SCMP_ACT_KILL, SCMP_ACT_KILL_PROCESS, SCMP_ACT_KILL_THREAD, SCMP_ACT_TRAP, "
                  "SCMP_ACT_TRACE, SCMP_ACT_LOG, SCMP_ACT_NOTIFY; is \"ALLOW\"") +
          kSection +
          "\n/linux/seccomp/flags/0: must be one of SECCOMP_FILTER_FLAG_TSYNC, "
          "SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
          "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV; is \"X\"" +
          kSection);
  EXPECT_NE(problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ALLOW", "architectures": ["x86"])"),
            "");
  EXPECT_NE(problems_in_rule(R"("names": ["a"], "action": "SCMP_ACT_DENY")"), "");
}

TEST(ValidateSeccomp, ARuleNamesSystemCalls) {
  EXPECT_EQ(
      problems_in_rule(R"("names": [], "action": "SCMP_ACT_LOG")"),
      std::string("/linux/seccomp/syscalls/0/names: must have at least one entry") + kSection);
  EXPECT_EQ(
      problems_in_rule(R"("names": [""], "action": "SCMP_ACT_LOG")"),
      std::string("/linux/seccomp/syscalls/0/names/0: must be a system call, is empty") + kSection);
}

TEST(ValidateSeccomp, ArgumentsAreTheFirstSix) {
  EXPECT_EQ(problems_in_rule(R"("names": ["a"], "action": "SCMP_ACT_LOG", "args": [
                {"index": 6, "value": 0, "op": "=="}])"),
            std::string("/linux/seccomp/syscalls/0/args/0/index: must be from 0 to 5, is 6") +
                kSection +
                "\n/linux/seccomp/syscalls/0/args/0/op: must be one of SCMP_CMP_EQ, "
                "SCMP_CMP_MASKED_EQ, SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE, SCMP_CMP_GE, "
                "SCMP_CMP_GT; is \"==\"" +
                kSection);
}

TEST(ValidateSeccomp, ErrnoGoesWithActionsThatReturnIt) {
  EXPECT_EQ(problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1)"),
            std::string("/linux/seccomp/defaultErrnoRet: only goes with the actions "
                        "SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not with \"SCMP_ACT_ALLOW\"") +
                kSection);
  EXPECT_EQ(problems_in_rule(R"("names": ["a"], "action": "SCMP_ACT_KILL", "errnoRet": 1)"),
            std::string("/linux/seccomp/syscalls/0/errnoRet: only goes with the actions "
                        "SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not with \"SCMP_ACT_KILL\"") +
                kSection);
  EXPECT_EQ(problems_in_rule(R"("names": ["a"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096)"),
            std::string("/linux/seccomp/syscalls/0/errnoRet: must be from 0 to 4095, is 4096") +
                kSection);
}

TEST(ValidateSeccomp, NotifyNeedsAListener) {
  const std::string members = R"("defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["a"], "action": "SCMP_ACT_NOTIFY"}])";
  EXPECT_EQ(problems_in_seccomp(members),
            std::string("/linux/seccomp/listenerPath: is required for the action "
                        "SCMP_ACT_NOTIFY") +
                kSection);
  EXPECT_EQ(problems_in_seccomp(members, R"("run.oci.seccomp.receiver": "/run/x")"), "");
}

TEST(ValidateSeccomp, NotifyIsNoDefault) {
  EXPECT_EQ(problems_in_seccomp(R"("defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/run/x")"),
            std::string("/linux/seccomp/defaultAction: must not be SCMP_ACT_NOTIFY") + kSection);
}

TEST(ValidateSeccomp, TheListenersPathIsAbsoluteAndMetadataGoesWithIt) {
  EXPECT_EQ(
      problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "x")"),
      std::string("/linux/seccomp/listenerPath: must be an absolute path, is \"x\"") + kSection);
  EXPECT_EQ(
      problems_in_seccomp(R"("defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x")"),
      std::string("/linux/seccomp/listenerMetadata: only goes with a listenerPath") + kSection);
}

}  // namespace
}  // namespace ocirt::spec
