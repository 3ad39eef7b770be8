// The container's cgroups where systemd makes the one that they lie in. Runs in: creator, and the
// process of delete.
#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/stages/cgroup.h"
#include "runtime/stages/cgroup_controllers.h"
#include "runtime/stages/cgroup_devices.h"
#include "runtime/stages/unit_manager.h"
#include "sys/cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 64 << 10;  // bytes

// Does systemd itself make its units' cgroups in this hierarchy, and watch them?
bool is_systemds(const plan::CgroupDirectory& directory) {
  return directory.v2 ||
         directory.controllers == std::vector<std::string>{std::string("name=systemd")};
}

// The plan says where systemd puts the unit. Nothing would be right if it is elsewhere.
Result<> check_place(const plan::CgroupPlan& plan, pid_t init) {
  for (const plan::CgroupDirectory& directory : plan.directories) {
    if (!is_systemds(directory)) continue;
    const std::string expected = directory.mount_point.text + plan.unit->reference.path;
    if (sys::exists(expected.c_str())) continue;
    const Result<std::string> found =
        sys::read_file(AT_FDCWD, fmt::format("/proc/{}/cgroup", init).c_str(), kFileLimit);
    return make_error(
        ErrorKind::System,
        fmt::format("systemd made {} not at {}, but where /proc/{}/cgroup says: {}",
                    plan.unit->reference.name, expected, init, found ? *found : "(it has ended)"));
  }
  return {};
}

}  // namespace

Result<UniqueFd> make_cgroup_in_unit(const plan::CgroupPlan& plan, pid_t init) {
  TRY(check_place(plan, init));
  for (const plan::CgroupDirectory& directory : plan.directories) {
    TRY(make_unshared_directory(directory));
  }
  // Before controllers are handed down: the unit's own cgroup must be without processes for that.
  const CgroupHandles handles = TRY(open_cgroup(plan.directories, /*clone_into=*/false));
  TRY(enter_cgroup(plan, handles, init));
  bool has_device_list = false;
  for (const plan::CgroupDirectory& directory : plan.directories) {
    has_device_list = has_device_list ||
                      (!directory.v2 && std::count(directory.controllers.begin(),
                                                   directory.controllers.end(), "devices") > 0);
    if (!directory.v2) continue;
    TRY(hand_down_controllers(directory, plan.enabled_controllers, plan.accounted_controllers));
  }
  TRY(apply_resources(plan.directories, plan.writes));
  const plan::CgroupDirectory& last = plan.directories.back();
  if (!last.v2) return UniqueFd();
  const UniqueFd cgroup = TRY(sys::open_cgroup(AT_FDCWD, last.mount_point.text + last.path));
  if (plan.device_filter && !has_device_list) {
    TRY(install_device_filter(cgroup.get(), *plan.device_filter));
  }
  if (plan.owner) TRY(sys::give_cgroup(cgroup.get(), *plan.owner));
  return make_delegated_cgroup(plan);
}

Result<> remove_cgroup_and_unit(std::span<const plan::CgroupDirectory> directories,
                                const plan::UnitReference& unit) {
  if (unit.name.empty()) return remove_cgroup(directories);
  // No cgroup is recorded before the unit is known to be ours. A scope whose process died before
  // systemd had put it there is empty, but nothing tells systemd so.
  if (directories.empty()) return stop_abandoned_unit(unit);
  std::vector<plan::CgroupDirectory> ours;
  std::string watched;
  for (plan::CgroupDirectory directory : directories) {
    if (is_systemds(directory)) {
      watched = directory.mount_point.text + unit.path;
      if (directory.path == unit.path) continue;
      ours.push_back(std::move(directory));
    } else {
      // We made what of it is in the other hierarchies of v1.
      directory.path = unit.path;
      ours.push_back(std::move(directory));
    }
  }
  TRY(remove_cgroup(ours));
  return await_end_of_unit(unit, watched);
}

}  // namespace ocirt::stages
