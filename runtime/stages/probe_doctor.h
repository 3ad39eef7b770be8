// Gathers what `ocirt doctor` wants to know besides the facts of every start. Runs in: the `doctor`
// process.
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/diagnose.h"

namespace ocirt::stages {

/// Looks, and makes the empty shell of a container in a child that ends at once. Nothing stays.
plan::DoctorFacts probe_for_doctor(const plan::HostFacts& host, const HostPath& state_root);

}  // namespace ocirt::stages
