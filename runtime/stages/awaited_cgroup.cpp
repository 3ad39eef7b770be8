// The container's cgroup as init sees it: something that it may have to wait for. Runs in: init.
#include "runtime/stages/awaited_cgroup.h"

#include <sched.h>
#include <unistd.h>

#include <utility>

namespace ocirt::stages {

Result<> AwaitedCgroup::enter() {
  if (std::exchange(entered_, true)) return {};
  UniqueFd told;  // with systemd, what is delegated is made after we were
  if (!is_there()) told = std::move(TRY(creator_->expect(MessageType::CgroupJoined)).fd);
  if (plan_->namespaces.unshare_cgroup && ::unshare(CLONE_NEWCGROUP) < 0) {
    return last_error("make a cgroup namespace");
  }
  // After it, so that the namespace shows the container's own cgroup as its root.
  const int delegated = told ? told.get() : held_->delegated.get();
  if (delegated >= 0 && ::write(delegated, "0", 1) < 0) {
    return last_error("move into the delegated cgroup " + plan_->cgroup.delegated);
  }
  return {};
}

}  // namespace ocirt::stages
