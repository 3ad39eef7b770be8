// The verbs of ocirt-nvidia-hook: what main() calls. Each returns the exit status.
#pragma once

#include <string_view>

#include "base/result.h"
#include "hooks/nvidia/commands/arguments.h"

namespace ocirt::nvidia {

/// The stages of a container's life, with its state on stdin: prestart, createRuntime and
/// createContainer.
Result<int> run_hook(const Arguments& arguments);

/// Shows what a container would get, as JSON.
Result<int> show_plan(const Arguments& arguments);

/// Shows this host's GPUs, and who may use them.
Result<int> list_gpus(const Arguments& arguments);

/// Says what is wrong with this host, one line each. 1 if anything is.
Result<int> doctor(const Arguments& arguments);

/// cdi generate, cdi list, cdi check.
Result<int> cdi(const Arguments& arguments);

/// The driver's user space is where the command line says, or else where the settings do.
Result<> find_driver_root(HostView& host, const Arguments& arguments, const Settings& settings);

/// Writes all of `text` to stdout.
Result<> print(std::string_view text);

}  // namespace ocirt::nvidia
