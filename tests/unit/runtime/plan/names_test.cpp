// Tests that the tables of names agree with the kernel's headers.
#include "runtime/plan/names.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/mempolicy.h>
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
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_RT"), 1U);
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_BE"), 2U);
  EXPECT_EQ(value_of(kIoPriorityClasses, "IOPRIO_CLASS_IDLE"), 3U);
}

TEST(FindValue, IsNothingForAnUnknownName) {
  EXPECT_FALSE(find_value(kNamespaceTypes, "net"));
}

TEST(MemoryPolicies, HaveTheKernelsNumbers) {
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_DEFAULT"), MPOL_DEFAULT);
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_PREFERRED"), MPOL_PREFERRED);
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_BIND"), MPOL_BIND);
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_INTERLEAVE"), MPOL_INTERLEAVE);
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_LOCAL"), MPOL_LOCAL);
  EXPECT_EQ(find_value(kMemoryPolicyModes, "MPOL_PREFERRED_MANY"), MPOL_PREFERRED_MANY);
  EXPECT_EQ(find_value(kMemoryPolicyFlags, "MPOL_F_STATIC_NODES"), MPOL_F_STATIC_NODES);
  EXPECT_EQ(find_value(kMemoryPolicyFlags, "MPOL_F_RELATIVE_NODES"), MPOL_F_RELATIVE_NODES);
  EXPECT_EQ(find_value(kMemoryPolicyFlags, "MPOL_F_NUMA_BALANCING"), MPOL_F_NUMA_BALANCING);
}

}  // namespace
}  // namespace ocirt::plan
