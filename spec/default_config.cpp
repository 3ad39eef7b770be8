// The config that `ocirt spec` writes, for root and for a user without privileges. Pure.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "spec/print.h"

namespace ocirt::spec {

namespace {

Process default_process() {
  const std::vector<std::string> kept = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  return {
      .terminal = true,
      .cwd = "/",
      .env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"},
      .args = {"sh"},
      .rlimits = {{.type = "RLIMIT_NOFILE", .hard = 1024, .soft = 1024}},
      // Nothing inheritable: a program with inheritable file capabilities would regain them
      // (CVE-2022-29162).
      .capabilities = Capabilities{.bounding = kept,
                                   .effective = kept,
                                   .inheritable = {},
                                   .permitted = kept,
                                   .ambient = kept},
      .no_new_privileges = true,
  };
}

std::vector<Mount> default_mounts() {
  return {
      {.destination = "/proc", .source = "proc", .options = {}, .type = "proc"},
      {.destination = "/dev",
       .source = "tmpfs",
       .options = {"nosuid", "strictatime", "mode=755", "size=65536k"},
       .type = "tmpfs"},
      {.destination = "/dev/pts",
       .source = "devpts",
       .options = {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"},
       .type = "devpts"},
      {.destination = "/dev/shm",
       .source = "shm",
       .options = {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"},
       .type = "tmpfs"},
      {.destination = "/dev/mqueue",
       .source = "mqueue",
       .options = {"nosuid", "noexec", "nodev"},
       .type = "mqueue"},
      {.destination = "/sys",
       .source = "sysfs",
       .options = {"nosuid", "noexec", "nodev", "ro"},
       .type = "sysfs"},
      {.destination = "/sys/fs/cgroup",
       .source = "cgroup",
       .options = {"nosuid", "noexec", "nodev", "relatime", "ro"},
       .type = "cgroup"},
  };
}

Linux default_linux() {
  Linux linux_;
  for (const char* type : {"pid", "network", "ipc", "uts", "mount"}) {
    linux_.namespaces.push_back({.type = type, .path = {}});
  }
  linux_.resources = Resources{.devices = {{.allow = false, .access = "rwm"}}};
  linux_.masked_paths = {"/proc/acpi",        "/proc/asound",        "/proc/kcore",
                         "/proc/keys",        "/proc/latency_stats", "/proc/timer_list",
                         "/proc/timer_stats", "/proc/sched_debug",   "/sys/firmware",
                         "/proc/scsi"};
  linux_.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                           "/proc/sysrq-trigger"};
  return linux_;
}

}  // namespace

Config default_config() {
  return {
      .oci_version = "1.3.0",
      .root = Root{.path = "rootfs", .readonly = true},
      .mounts = default_mounts(),
      .process = default_process(),
      .hostname = "ocirt",
      .linux_ = default_linux(),
  };
}

void make_rootless(Config& config, uint32_t uid, uint32_t gid) {
  for (Mount& mount : config.mounts) {
    // Only ids that are mapped can own files, and one group is.
    std::erase_if(mount.options, [](const std::string& option) {
      return option.starts_with("uid=") || option.starts_with("gid=");
    });
    // The kernel lets a user namespace mount sysfs only where it owns the network namespace, which
    // this config doesn't make.
    if (mount.destination == "/sys") {
      mount.source = "/sys";
      mount.type = "none";
      mount.options = {"rbind", "nosuid", "noexec", "nodev", "ro"};
    }
  }

  if (!config.linux_) config.linux_.emplace();
  Linux& linux_ = *config.linux_;
  std::erase_if(linux_.namespaces, [](const Namespace& entry) {
    return entry.type == "network" || entry.type == "user";
  });
  linux_.namespaces.push_back({.type = "user", .path = {}});
  linux_.uid_mappings = {{.container_id = 0, .host_id = uid, .size = 1}};
  linux_.gid_mappings = {{.container_id = 0, .host_id = gid, .size = 1}};
  linux_.resources.reset();  // without delegation no limit can be set
}

}  // namespace ocirt::spec
