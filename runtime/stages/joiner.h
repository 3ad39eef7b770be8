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

}  // namespace ocirt::stages
