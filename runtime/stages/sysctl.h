// Sets kernel parameters of the container's namespaces.
#pragma once

#include <span>

#include "base/result.h"
#include "runtime/plan/plan.h"

namespace ocirt::stages {

/// Writes every parameter through a procfs that the container can't tamper with (CVE-2025-52881).
///
/// Runs in: init, after pivot and before lock_paths().
/// Spec:    config-linux.md#sysctl
Result<> write_sysctls(std::span<const plan::Sysctl> sysctls);

}  // namespace ocirt::stages
