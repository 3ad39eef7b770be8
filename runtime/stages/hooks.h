// Runs the hooks of a config, each with the container's state on its standard input.
// Runs in: creator (prestart, createRuntime), init (createContainer, startContainer), and the
// `start` and `delete` processes (poststart, poststop).
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "spec/config.h"

namespace ocirt::stages {

/// What a hook is told about the container (runtime.md#state).
struct HookState {
  std::string oci_version;
  std::string id;
  std::string bundle;
  std::map<std::string, std::string> annotations;
};

/// The state as the hook's JSON. `status` is "creating", "created", "running" or "stopped"; `pid`
/// is init's as the runtime sees it, 0 when there is none.
std::string print_hook_state(const HookState& state, std::string_view status, pid_t pid);

/// Where hooks print to. Absent: what they print is kept, and shown when they fail.
struct HookOutput {
  UniqueFd stdout_file;
  UniqueFd stderr_file;
};

/// Opens the files of the host, and makes them where they are missing, readable by their owner.
Result<HookOutput> open_hook_output(const plan::HookFiles& files);

/// Runs the hooks in order and stops at the first that fails: it can't be executed, doesn't exit
/// with 0, or takes longer than its timeout (then it is killed).
///
/// `kind` is the spec's name ("createRuntime"). Errors name the hook and show what it wrote, unless
/// that went to a file of `output`.
/// Spec: config.md#posix-platform-hooks
Result<> run_hooks(std::string_view kind, const std::vector<spec::Hook>& hooks,
                   std::string_view state_json, const HookOutput& output);

/// Runs poststart hooks as run_hooks() does, and appends what they print to the files that the
/// annotations of `state` name.
Result<> run_poststart_hooks(const std::vector<spec::Hook>& hooks, const HookState& state,
                             pid_t pid);

/// Runs all poststop hooks, whatever becomes of each: a failure is only warned of
/// (runtime.md#lifecycle, step 13). What they print goes where that of poststart hooks goes.
void run_poststop_hooks(const std::vector<spec::Hook>& hooks, const HookState& state);

}  // namespace ocirt::stages
