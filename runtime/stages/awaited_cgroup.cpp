// The container's cgroup as init sees it: something that it may have to wait for. Runs in: init.
#include "runtime/stages/awaited_cgroup.h"

#include <sched.h>

#include <utility>

namespace ocirt::stages {

Result<> AwaitedCgroup::enter() {
  if (std::exchange(entered_, true)) return {};
  if (!is_there()) TRY(creator_->expect(MessageType::CgroupJoined));
  if (plan_->namespaces.unshare_cgroup && ::unshare(CLONE_NEWCGROUP) < 0) {
    return last_error("make a cgroup namespace");
  }
  return {};
}

}  // namespace ocirt::stages
