// The middle process that joins namespaces before init is cloned. Runs in: joiner.
#pragma once

#include "base/result.h"
#include "runtime/stages/init.h"
#include "sys/process.h"

namespace ocirt::stages {

struct JoinerArguments {
  InitArguments& init;
  sys::CloneOptions clone;
};

/// Joins the namespaces of the plan, clones init as its sibling (so that init is the creator's
/// child), reports its pid and ends. `arguments` is a JoinerArguments.
[[noreturn]] void joiner_main(void* arguments) noexcept;

/// setns(2) into the namespaces of the plan, in its order.
Result<> join_namespaces(const plan::NamespacePlan& plan, const std::vector<UniqueFd>& held);

/// Makes the time namespace with the plan's offsets, if it has any, for the next child.
Result<> make_time_namespace(const plan::NamespacePlan& plan);

/// The same, and goes there itself.
///
/// Runs in: init, first in its user namespace, while its own files in /proc are still its own.
Result<> enter_time_namespace(const plan::NamespacePlan& plan);

}  // namespace ocirt::stages
