// Stays with a payload until it ends: forwards signals, and its terminal. Runs in: the `run` and
// `exec` processes.
#pragma once

#include <signal.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/notify.h"
#include "sys/process.h"

namespace ocirt::stages {

/// Blocks the signals that stay_attached() forwards, so that none gets lost, and none ends us,
/// while the payload is being made. The processes that we make unblock them again.
void hold_signals();

/// Gives the payload's terminal the size of ours from the start, unless the config says another.
void adopt_terminal_size(plan::ProcessPlan& process);

/// Waits for the payload to end. Signals that we get go to it; where `terminal` is the master of
/// its terminal, bytes go between that and our stdin and stdout, in raw mode if stdin is a
/// terminal, and its size follows ours.
///
/// `relay` has us as the unit's main process: it is our end that tells the exit status.
///
/// Returns the exit status as a shell reports it.
Result<int> stay_attached(sys::Child& payload, UniqueFd terminal, ReadyRelay relay = {});

}  // namespace ocirt::stages
