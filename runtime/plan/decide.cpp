// Config and HostFacts become a Plan: the table of contents. Each section has a file of its own.
#include "runtime/plan/decide.h"

#include <sched.h>

#include <utility>

#include "runtime/plan/cgroup.h"
#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

const std::string* find_annotation(const spec::Config& config, const char* name) {
  const auto found = config.annotations.find(name);
  return found == config.annotations.end() ? nullptr : &found->second;
}

HookFiles decide_hook_files(const std::map<std::string, std::string>& annotations) {
  const auto path = [&annotations](const char* name) -> HostPath {
    const auto found = annotations.find(name);
    return {found == annotations.end() ? "" : found->second};
  };
  return {.stdout_file = path("run.oci.hooks.stdout"), .stderr_file = path("run.oci.hooks.stderr")};
}

Result<CreatePlan> decide(const spec::Config& config, const HostFacts& host,
                          const CreateOptions& options) {
  TRY(refuse_unsupported(config, host));
  if (!config.process) {
    return config_error(ErrorKind::InvalidConfig, "/process", "is needed", "config.md#process");
  }

  CreatePlan plan;
  plan.oci_version = config.oci_version;
  plan.id = options.id;
  plan.bundle = options.bundle;
  plan.namespaces = TRY(decide_namespaces(config, host));
  plan.id_maps = TRY(decide_ids(config, host));
  plan.cgroup = TRY(decide_cgroup(config, host, options));
  plan.rdt = TRY(decide_rdt(config, host, options.id));
  plan.bring_up_loopback = use_of(config, CLONE_NEWNET) == NamespaceUse::New;
  plan.net_devices = decide_net_devices(config);
  plan.hostname = config.hostname.value_or("");
  plan.domainname = config.domainname.value_or("");
  plan.rootfs = TRY(decide_rootfs({.config = config,
                                   .host = host,
                                   .ids = plan.id_maps,
                                   .cgroup = plan.cgroup,
                                   .options = options},
                                  plan.warnings));
  plan.sysctls = decide_sysctls(config);
  plan.process = TRY(decide_process(*config.process,
                                    {.config = config,
                                     .host = host,
                                     .ids = plan.id_maps,
                                     .detached = options.detached,
                                     .has_console_socket = options.has_console_socket,
                                     .new_keyring = !options.no_new_keyring,
                                     .preserved_fds = options.preserved_fds},
                                    plan.warnings));
  if (options.listen_fds > 0) {  // sd_listen_fds(3)
    plan.process.env.push_back("LISTEN_FDS=" + std::to_string(options.listen_fds));
    plan.process.env.emplace_back("LISTEN_PID=1");
  }
  // Only what `exec` adds is put on processors of its own (config.md#linux-process).
  plan.process.initial_affinity.clear();
  plan.process.final_affinity.clear();
  plan.process.memory_policy = TRY(decide_memory_policy(config));
  if (!options.notify_directory.text.empty()) add_notify_socket(plan.process);
  plan.seccomp = TRY(decide_seccomp(config, plan.process.no_new_privileges));
  if (config.hooks) plan.hooks = *config.hooks;
  plan.hook_files = decide_hook_files(config.annotations);
  plan.annotations = config.annotations;
  return plan;
}

}  // namespace ocirt::plan
