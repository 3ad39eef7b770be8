// Compiles the container's seccomp profile, or takes the filter from the cache; loads it.
#pragma once

#include <linux/filter.h>

#include <span>
#include <string_view>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::stages {

/// The BPF program that enforces `profile`, from the cache where it holds one.
///
/// `source` is the profile's JSON text, the cache's key: equal text means equal filter. Empty: the
/// cache is left alone. `cache_dir` is made (0700) if missing; a cache that can't be used, or that
/// others could write, is left alone too. Empty: no cache.
///
/// Runs in: creator, before the clone (libseccomp allocates and isn't fit for init).
/// Errors:  InvalidConfig or Unsupported, naming the rule.
/// Spec:    config-linux.md#seccomp
Result<std::vector<sock_filter>> compile_seccomp(const spec::Seccomp& profile,
                                                 const HostPath& cache_dir,
                                                 std::string_view source);

/// Loads the filter into the calling process. Returns the listener's fd when the profile notifies
/// somebody (SCMP_ACT_NOTIFY), else no fd.
///
/// Runs in: init, at Stage::Filter, or before Identity where the plan says so.
Result<UniqueFd> load_seccomp(std::span<const sock_filter> filter, const plan::SeccompPlan& plan);

/// Sends the listener's fd to the agent at `socket_path`, with the container's process state.
///
/// Runs in: creator.
/// Spec:    config-linux.md#containerprocessstate; `state` is that document as JSON.
Result<> send_seccomp_listener(int listener_fd, const HostPath& socket_path,
                               std::string_view state);

}  // namespace ocirt::stages
