// The creator's part while init builds the container. Runs in: creator.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/handles.h"
#include "runtime/stages/hooks.h"
#include "sys/process.h"

namespace ocirt::stages {

/// Serves init until it is ready: runs the runtime hooks, passes a seccomp listener on, takes the
/// terminal. Returns the terminal's master, if init kept one for us.
///
/// Errors: what init reports; or, when it ended without a word, what is known of why.
Result<UniqueFd> attend(const plan::CreatePlan& plan, const Handles& held, sys::Child& init);

/// What hooks and listeners are told about the container of `plan`.
HookState hook_state(const plan::CreatePlan& plan);

/// Where a seccomp listener of the container goes (config-linux.md#containerprocessstate).
ListenerRoute listener_route(const plan::SeccompPlan& seccomp, const HookState& state,
                             std::string_view status, pid_t pid);

}  // namespace ocirt::stages
