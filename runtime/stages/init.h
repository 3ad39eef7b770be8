// The container's first process, from its birth to execve. Runs in: init.
#pragma once

#include "runtime/plan/plan.h"
#include "runtime/stages/handles.h"

namespace ocirt::stages {

struct InitArguments {
  const plan::CreatePlan& plan;
  Handles& held;
};

/// Builds the container around itself, waits at the gate and becomes the payload. Never returns,
/// never throws, never calls exit(). `arguments` is an InitArguments.
[[noreturn]] void init_main(void* arguments) noexcept;

}  // namespace ocirt::stages
