// The Plan: what will be done. A value: copyable, comparable, printable. No fd, no pointer, no pid.
#include "runtime/plan/plan.h"

#include <linux/sched.h>

namespace ocirt::plan {

uint64_t all_namespaces(const NamespacePlan& plan) {
  uint64_t flags = plan.cloned | joined_namespaces(plan);
  if (plan.unshare_cgroup) flags |= CLONE_NEWCGROUP;
  return flags;
}

uint64_t joined_namespaces(const NamespacePlan& plan) {
  uint64_t flags = 0;
  for (const JoinedNamespace& joined : plan.joined) flags |= joined.clone_flag;
  return flags;
}

}  // namespace ocirt::plan
