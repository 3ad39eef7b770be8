// Tests that the tables of names agree with the kernel's headers.
#include "runtime/plan/names.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/ioprio.h>
#include <sys/resource.h>

#include <iterator>

namespace ocirt::plan {
namespace {

TEST(Capabilities, HaveTheKernelsNumbers) {
  EXPECT_EQ(capability_number("CAP_CHOWN"), CAP_CHOWN);
  EXPECT_EQ(capability_number("CAP_SETGID"), kCapSetgid);
  EXPECT_EQ(capability_number("CAP_SETUID"), kCapSetuid);
  EXPECT_EQ(capability_number("CAP_NET_RAW"), CAP_NET_RAW);
  EXPECT_EQ(capability_number("CAP_SYS_ADMIN"), kCapSysAdmin);
  EXPECT_EQ(capability_number("CAP_SYS_RESOURCE"), CAP_SYS_RESOURCE);
  EXPECT_EQ(capability_number("CAP_MKNOD"), CAP_MKNOD);
  EXPECT_EQ(capability_number("CAP_SETFCAP"), kCapSetfcap);
  EXPECT_EQ(capability_number("CAP_SYSLOG"), CAP_SYSLOG);
  EXPECT_EQ(capability_number("CAP_BPF"), CAP_BPF);
  EXPECT_EQ(capability_number("CAP_CHECKPOINT_RESTORE"), CAP_CHECKPOINT_RESTORE);
}

TEST(Capabilities, AreAllThatTheHeadersKnow) {
  EXPECT_EQ(std::size(kCapabilities), CAP_LAST_CAP + 1U);
}

TEST(ResourceLimits, HaveTheLibrarysNumbers) {
  const NamedValue expected[] = {
      {"RLIMIT_CPU", RLIMIT_CPU},           {"RLIMIT_FSIZE", RLIMIT_FSIZE},
      {"RLIMIT_DATA", RLIMIT_DATA},         {"RLIMIT_STACK", RLIMIT_STACK},
      {"RLIMIT_CORE", RLIMIT_CORE},         {"RLIMIT_RSS", RLIMIT_RSS},
      {"RLIMIT_NPROC", RLIMIT_NPROC},       {"RLIMIT_NOFILE", RLIMIT_NOFILE},
      {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},   {"RLIMIT_AS", RLIMIT_AS},
      {"RLIMIT_LOCKS", RLIMIT_LOCKS},       {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
      {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE}, {"RLIMIT_NICE", RLIMIT_NICE},
      {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},     {"RLIMIT_RTTIME", RLIMIT_RTTIME},
  };
  for (const NamedValue& limit : expected) {
    EXPECT_EQ(find_value(kResourceLimits, limit.name), limit.value) << limit.name;
  }
  EXPECT_EQ(std::size(kResourceLimits), size_t{RLIM_NLIMITS});
}

TEST(SchedulerPolicies, HaveTheLibrarysNumbers) {
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_OTHER"), SCHED_OTHER);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_FIFO"), SCHED_FIFO);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_RR"), SCHED_RR);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_BATCH"), SCHED_BATCH);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_ISO"), SCHED_ISO);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_IDLE"), SCHED_IDLE);
  EXPECT_EQ(value_of(kSchedulerPolicies, "SCHED_DEADLINE"), SCHED_DEADLINE);
}

TEST(IoPriorityClasses, HaveTheKernelsNumbers) {
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_RT"), IOPRIO_CLASS_RT);
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_BE"), IOPRIO_CLASS_BE);
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_IDLE"), IOPRIO_CLASS_IDLE);
}

TEST(FindValue, IsNothingForAnUnknownName) {
  EXPECT_FALSE(find_value(kNamespaceTypes, "net"));
}

}  // namespace
}  // namespace ocirt::plan
