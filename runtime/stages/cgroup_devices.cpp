// Installs the plan's device rules as a program on the container's v2 cgroup. Runs in: creator.
#include "runtime/stages/cgroup_devices.h"

#include <vector>

#include "sys/bpf.h"

namespace ocirt::stages {

namespace {

sys::DeviceRule to_rule(const plan::DeviceAccess& access) {
  sys::DeviceRule rule = {.allow = access.allow, .major = access.major, .minor = access.minor};
  if (access.type == 'b') rule.type = BPF_DEVCG_DEV_BLOCK;
  if (access.type == 'c') rule.type = BPF_DEVCG_DEV_CHAR;
  for (char letter : access.access) {
    if (letter == 'r') rule.access |= BPF_DEVCG_ACC_READ;
    if (letter == 'w') rule.access |= BPF_DEVCG_ACC_WRITE;
    if (letter == 'm') rule.access |= BPF_DEVCG_ACC_MKNOD;
  }
  return rule;
}

}  // namespace

Result<> install_device_filter(int cgroup, std::span<const plan::DeviceAccess> rules) {
  const plan::DeviceAccess everything = {.allow = true};
  if (!rules.empty() && rules.back() == everything) return {};

  std::vector<sys::DeviceRule> all;
  for (const plan::DeviceAccess& access : rules) all.push_back(to_rule(access));
  const UniqueFd program = TRY(sys::load_device_program(sys::device_program(all)));
  return sys::attach_device_program(cgroup, program.get());
}

}  // namespace ocirt::stages
