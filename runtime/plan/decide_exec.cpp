// Decides how a further process is run in a container that exists. Pure.
#include <sched.h>

#include <algorithm>
#include <utility>

#include "runtime/plan/cgroup.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/names.h"
#include "runtime/plan/sections.h"

namespace ocirt::plan {

Result<ExecPlan> decide_exec(const spec::Config& config, const spec::Process& process,
                             const HostFacts& host, const std::vector<CgroupDirectory>& cgroup,
                             const ExecOptions& options) {
  ExecPlan plan;
  // All that init has of its own, at once through its pidfd (setns(2)); the caller's own namespaces
  // need no joining.
  for (const NamedValue& type : kNamespaceTypes) {
    if (use_of(config, type.value) != NamespaceUse::Inherited) plan.namespaces |= type.value;
  }
  plan.cgroup = options.cgroup.empty() ? cgroup : TRY(decide_exec_cgroup(cgroup, options.cgroup));
  // clone3 takes one directory, of the v2 tree.
  plan.clone_into = std::any_of(plan.cgroup.begin(), plan.cgroup.end(),
                                [](const CgroupDirectory& directory) { return directory.v2; });
  const IdMapPlan ids = TRY(decide_ids(config, host));
  plan.process = TRY(decide_process(process,
                                    {.config = config,
                                     .host = host,
                                     .ids = ids,
                                     .detached = options.detached,
                                     .has_console_socket = options.has_console_socket,
                                     .new_keyring = !options.no_new_keyring,
                                     .preserved_fds = options.preserved_fds},
                                    plan.warnings));
  plan.seccomp = TRY(decide_seccomp(config, process.no_new_privileges));
  return plan;
}

}  // namespace ocirt::plan
