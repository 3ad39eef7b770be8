// Joins a container's namespaces, and lets its cgroup use the devices. Runs in: a hook.
#include "hooks/nvidia/apply/enter.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "hooks/nvidia/host/privilege.h"
#include "hooks/nvidia/plan/proc_text.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

constexpr size_t kLongestProcFile = 64 << 10;

Result<UniqueFd> open_namespace(pid_t pid, const char* name) {
  const std::string path = fmt::format("/proc/{}/ns/{}", pid, name);
  Result<UniqueFd> opened = sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY);
  if (opened || opened.error().errno_value != EACCES) return opened;
  return std::move(opened).error().with_hint(
      "this runtime hides its containers from a plain user's hooks: install the hook for the stage "
      "createContainer");
}

Result<bool> is_ours(int namespace_fd, const char* name) {
  const UniqueFd own =
      TRY(sys::open_at(AT_FDCWD, fmt::format("/proc/self/ns/{}", name).c_str(), O_PATH));
  struct stat theirs {};
  struct stat ours {};
  if (::fstat(namespace_fd, &theirs) != 0 || ::fstat(own.get(), &ours) != 0) {
    return last_error("compare namespaces");
  }
  return theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

// Where the devices of the process are ruled, in a v1 hierarchy; empty: there is none.
std::string devices_cgroup_of(std::string_view proc_cgroup) {
  for (const std::string_view line : lines_of(proc_cgroup)) {
    // "5:devices:/ocirt/web"
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    constexpr std::string_view kDevices = "devices:";
    const std::string_view rest = line.substr(colon + 1);
    if (rest.starts_with(kDevices)) return std::string(rest.substr(kDevices.size()));
  }
  return {};
}

bool matches(const std::optional<int64_t>& rule, uint32_t number) {
  return !rule || *rule == -1 || *rule == static_cast<int64_t>(number);
}

// As the runtime reads them: the last rule that matches wins (config-linux.md#allowed-device-list).
bool is_allowed(const spec::Config& config, const PlannedDevice& device) {
  bool allowed = true;
  if (!config.linux_ || !config.linux_->resources) return allowed;
  for (const spec::DeviceRule& rule : config.linux_->resources->devices) {
    const std::string type = rule.type.value_or("a");
    const std::string access = rule.access.value_or("rwm");
    const bool is_about_it =
        type == "a" || ((type == "c" || type == "u") && matches(rule.major, device.major) &&
                        matches(rule.minor, device.minor));
    if (!is_about_it) continue;
    if (!rule.allow || access.find('r') != std::string::npos) allowed = rule.allow;
  }
  return allowed;
}

}  // namespace

Result<> enter_namespaces(pid_t pid) {
  const UniqueFd user = TRY(open_namespace(pid, "user"));
  const UniqueFd mount = TRY(open_namespace(pid, "mnt"));
  if (TRY(is_ours(mount.get(), "mnt"))) {
    return make_error(ErrorKind::Unsupported, "the container has no mount namespace of its own");
  }
  // The user namespace first: it gives the right to join the other.
  if (!TRY(is_ours(user.get(), "user")) && ::setns(user.get(), CLONE_NEWUSER) != 0) {
    return last_error("join the container's user namespace");
  }
  if (::setns(mount.get(), CLONE_NEWNS) != 0) {
    return last_error("join the container's mount namespace");
  }
  return {};
}

Result<> allow_devices(const Plan& plan, const spec::Config& config, pid_t pid) {
  if (!is_host_root()) return {};
  const std::string process = pid > 1 ? fmt::format("{}", pid) : "self";
  const std::string cgroups = TRY(
      sys::read_file(AT_FDCWD, fmt::format("/proc/{}/cgroup", process).c_str(), kLongestProcFile));
  const std::string cgroup = devices_cgroup_of(cgroups);
  for (const PlannedDevice& device : plan.devices) {
    if (is_allowed(config, device)) continue;
    if (cgroup.empty() || cgroup == "/") {
      return make_error(ErrorKind::Unsupported,
                        fmt::format("the container's device filter forbids {}, and only its "
                                    "runtime may change that",
                                    device.path.text))
          .with_hint("give the GPU by CDI (--device nvidia.com/gpu=...), or run ocirt as runtime");
    }
    const std::string file = fmt::format("/sys/fs/cgroup/devices{}/devices.allow", cgroup);
    TRY(sys::write_existing(AT_FDCWD, file.c_str(),
                            fmt::format("c {}:{} rw", device.major, device.minor)));
  }
  return {};
}

}  // namespace ocirt::nvidia
