// The cgroup below the container's own that its payload manages. Runs in: creator.
#include <fcntl.h>

#include <string>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/cgroup_controllers.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

plan::CgroupDirectory delegated_directory(const plan::CgroupPlan& plan) {
  plan::CgroupDirectory directory = plan.directories.back();
  directory.path += plan.delegated;
  return directory;
}

}  // namespace

Result<UniqueFd> make_delegated_cgroup(const plan::CgroupPlan& plan) {
  if (plan.delegated.empty()) return UniqueFd();
  const plan::CgroupDirectory directory = delegated_directory(plan);
  TRY(make_unshared_directory(directory));
  const std::string path = directory.mount_point.text + directory.path;
  const UniqueFd cgroup = TRY(sys::open_cgroup(AT_FDCWD, path));
  if (plan.owner) TRY(sys::give_cgroup(cgroup.get(), *plan.owner));
  return sys::open_at(cgroup.get(), "cgroup.procs", O_WRONLY);
}

Result<> hand_down_to_delegated(const plan::CgroupPlan& plan) {
  if (plan.delegated.empty()) return {};
  const plan::CgroupDirectory directory = delegated_directory(plan);
  return hand_down_controllers(directory, plan.enabled_controllers, directory.controllers);
}

}  // namespace ocirt::stages
