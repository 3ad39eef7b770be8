// The sections of the plan, each decided by a function in a file of its own. All of them rely on a
// config that passed spec::validate(). Only decide.cpp and decide_exec.cpp call them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::plan {

/// What the config asks of one kind of namespace.
enum class NamespaceUse {
  Inherited,  // the caller's
  New,
  Joined,  // of a path
};

/// What the config asks of the namespace that `clone_flag` (CLONE_NEW*) names.
NamespaceUse use_of(const spec::Config& config, uint64_t clone_flag);

/// Refuses what makes sense, and what this build can't do yet: nothing is ignored in silence.
Result<> refuse_unsupported(const spec::Config& config, const HostFacts& host);

/// linux.namespaces and linux.timeOffsets.
Result<NamespacePlan> decide_namespaces(const spec::Config& config, const HostFacts& host);

/// linux.uidMappings and linux.gidMappings.
Result<IdMapPlan> decide_ids(const spec::Config& config, const HostFacts& host);

/// What the rootfs depends on.
struct RootfsContext {
  const spec::Config& config;
  const HostFacts& host;
  const IdMapPlan& ids;
  const CgroupPlan& cgroup;
  const CreateOptions& options;
};

/// root, mounts, linux.devices, maskedPaths, readonlyPaths, rootfsPropagation.
Result<RootfsPlan> decide_rootfs(const RootfsContext& context, std::vector<std::string>& warnings);

/// What a process is run with, whether it is the container's first or an exec's.
struct ProcessContext {
  const spec::Config& config;
  const HostFacts& host;
  const IdMapPlan& ids;
  bool detached = false;
  bool has_console_socket = false;
  bool new_keyring = false;
  int preserved_fds = 0;
};

/// process. Adds to `warnings` what was asked and can't be granted.
Result<ProcessPlan> decide_process(const spec::Process& process, const ProcessContext& context,
                                   std::vector<std::string>& warnings);

/// linux.memoryPolicy, which is for the container's first process: what it forks inherits it.
Result<std::optional<MemoryPolicyPlan>> decide_memory_policy(const spec::Config& config);

/// Tells the process where its socket of sd_notify(3) is.
void add_notify_socket(ProcessPlan& plan);

/// process.capabilities: what of it exists in this kernel and is ours to give.
CapabilityPlan decide_capabilities(const spec::Process& process, const ProcessContext& context,
                                   std::vector<std::string>& warnings);

/// linux.sysctl.
std::vector<Sysctl> decide_sysctls(const spec::Config& config);

/// linux.intelRdt.
Result<std::optional<RdtPlan>> decide_rdt(const spec::Config& config, const HostFacts& host,
                                          const std::string& id);

/// linux.netDevices.
std::vector<NetDevice> decide_net_devices(const spec::Config& config);

/// linux.seccomp, for a process that does or doesn't ask for no_new_privs.
Result<std::optional<SeccompPlan>> decide_seccomp(const spec::Config& config,
                                                  bool no_new_privileges);

/// The value of an annotation, or null.
const std::string* find_annotation(const spec::Config& config, const char* name);

}  // namespace ocirt::plan
