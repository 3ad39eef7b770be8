// What `ocirt doctor` tells: what this host can and can't do, and the cure. Pure.
#include "runtime/plan/diagnose.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/plan/names.h"

namespace ocirt::plan {

namespace {

std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? "" : separator;
    text += word;
  }
  return text;
}

Finding yes(std::string topic, std::string text) {
  return {.topic = std::move(topic), .text = std::move(text)};
}

Finding trouble(Verdict verdict, std::string topic, std::string text, std::string cure) {
  return {.topic = std::move(topic),
          .verdict = verdict,
          .text = std::move(text),
          .cure = std::move(cure)};
}

Finding no(std::string topic, std::string text, std::string cure) {
  return trouble(Verdict::No, std::move(topic), std::move(text), std::move(cure));
}

Finding partly(std::string topic, std::string text, std::string cure) {
  return trouble(Verdict::Partly, std::move(topic), std::move(text), std::move(cure));
}

Finding essential(Finding finding) {
  finding.essential = true;
  return finding;
}

Finding judge_kernel(const DoctorFacts& facts) {
  if (facts.missing_calls.empty()) {
    return yes("kernel", "Linux " + facts.kernel + " has every system call that is needed");
  }
  return no("kernel", "Linux " + facts.kernel + " lacks " + joined(facts.missing_calls, ", "),
            "Linux 5.12 or later; inside a container, a seccomp profile of that container that "
            "lets these calls through");
}

Finding judge_trial(const DoctorFacts& facts) {
  if (facts.trial_failure.empty()) {
    return yes("container", "namespaces, a tmpfs and a proc of their own can be made");
  }
  return no("container", facts.trial_failure,
            facts.trial_cure.empty() ? "run ocirt outside of the container that it is in, or give "
                                       "that one CAP_SYS_ADMIN and an unmasked /proc"
                                     : facts.trial_cure);
}

Finding judge_state_root(const DoctorFacts& facts) {
  if (facts.state_root_problem.empty()) {
    return yes("state", "containers are kept in " + facts.state_root);
  }
  return no("state", facts.state_root + ": " + facts.state_root_problem,
            "--root DIR, with a directory of your own");
}

Finding judge_namespaces(const DoctorFacts& facts) {
  if (facts.missing_namespaces.empty()) return yes("namespaces", "all eight kinds");
  return partly("namespaces", "the kernel has none of: " + joined(facts.missing_namespaces),
                "a kernel that is built with them (Debian's has them all)");
}

std::string ranges(const std::vector<SubordinateRange>& list) {
  std::string text;
  for (const SubordinateRange& range : list) {
    text += text.empty() ? "" : ", ";
    text +=
        std::to_string(range.start) + "-" + std::to_string(uint64_t{range.start} + range.size - 1);
  }
  return text;
}

Finding judge_ids(const HostFacts& host, const DoctorFacts& facts) {
  const bool has_rights = has_capability(host.effective_capabilities, kCapSetuid) &&
                          has_capability(host.effective_capabilities, kCapSetgid);
  if (has_rights) return yes("ids", "any id of this user namespace can be mapped");
  const std::string uid = std::to_string(host.euid);
  const std::string only = "a container has one user, which is you, uid " + uid;
  if (host.subordinate_uids.empty() || host.subordinate_gids.empty()) {
    return partly("ids",
                  only + ": no subordinate ids are granted in " +
                      (host.subordinate_uids.empty() ? "/etc/subuid" : "/etc/subgid"),
                  "as root: usermod --add-subuids 165536-231071 --add-subgids 165536-231071 $(id "
                  "-un " +
                      uid + "), with a range that nobody else has");
  }
  if (facts.newuidmap.empty()) {
    return partly("ids", only + ": newuidmap, which maps subordinate ids, is not installed",
                  "as root: apt-get install uidmap");
  }
  if (!facts.newuidmap_privileged) {
    return partly("ids", only + ": " + facts.newuidmap + " has no privilege",
                  "as root: chmod u+s " + facts.newuidmap +
                      " and newgidmap beside it; their file system must not be mounted nosuid");
  }
  return yes("ids", "uids " + ranges(host.subordinate_uids) + " and gids " +
                        ranges(host.subordinate_gids) + " can be mapped, by " + facts.newuidmap);
}

constexpr std::array<std::string_view, 5> kUsualControllers = {"cpu", "cpuset", "io", "memory",
                                                               "pids"};

std::vector<std::string> all_controllers(const CgroupFacts& facts) {
  std::vector<std::string> all;
  for (const CgroupHierarchy& hierarchy : facts.v1) {
    for (const std::string& name : hierarchy.controllers) {
      if (!name.starts_with("name=")) all.push_back(name);
    }
  }
  if (!facts.v2_levels.empty()) {
    const std::vector<std::string>& v2 = facts.v2_levels.front().controllers;
    all.insert(all.end(), v2.begin(), v2.end());
  }
  return all;
}

// A plain user has what was handed down to the own cgroup.
Finding judge_delegation(const CgroupFacts& facts) {
  const std::vector<std::string>& ours = facts.v2_levels.back().controllers;
  std::vector<std::string> missing;
  std::string stop;
  for (const std::string_view name : kUsualControllers) {
    if (std::find(ours.begin(), ours.end(), name) != ours.end()) continue;
    missing.emplace_back(name);
    for (const CgroupLevel& level : facts.v2_levels) {
      const bool has_it = std::find(level.controllers.begin(), level.controllers.end(), name) !=
                          level.controllers.end();
      if (!has_it && stop.empty()) stop = level.path;
    }
  }
  if (!facts.own_v2_writable) {
    return partly("cgroups", "v2; " + facts.v2_levels.back().path + " is not yours: no limits",
                  "start ocirt by `systemd-run --user --scope`, which makes a cgroup of your own");
  }
  if (missing.empty()) return yes("cgroups", "v2; delegated to you: " + joined(ours));
  return partly("cgroups",
                "v2; no limits of " + joined(missing) + ", whose delegation stops at " + stop +
                    " (delegated to you: " + (ours.empty() ? "none" : joined(ours)) + ")",
                delegation_cure());
}

Finding judge_cgroups(const HostFacts& host) {
  const CgroupFacts& facts = host.cgroup;
  if (facts.layout == CgroupLayout::None) {
    return partly("cgroups", "none are mounted: no limits",
                  "as root: mount -t cgroup2 none /sys/fs/cgroup");
  }
  if (!is_privileged(host)) {
    if (facts.layout == CgroupLayout::V2) return judge_delegation(facts);
    return partly("cgroups", "v1, which can't be handed to users safely: no limits",
                  "the administrator can switch to v2: boot with "
                  "systemd.unified_cgroup_hierarchy=1");
  }
  constexpr std::array<std::string_view, 4> kLayouts = {"none", "v1", "v1 beside v2", "v2"};
  return yes("cgroups", std::string(kLayouts[static_cast<size_t>(facts.layout)]) +
                            "; controllers: " + joined(all_controllers(facts)));
}

Finding judge_seccomp(const DoctorFacts& facts) {
  if (!facts.seccomp) {
    return no("seccomp", "the kernel has no filters: configs with linux.seccomp are refused",
              "a kernel with CONFIG_SECCOMP_FILTER");
  }
  if (facts.seccomp_notify) return yes("seccomp", "filters, and agents that answer for the kernel");
  return partly("seccomp", "filters, but no agents (SCMP_ACT_NOTIFY)", "Linux 5.0 or later");
}

Finding judge_lsm(const std::string& topic, bool enabled, std::string cure) {
  if (enabled) return yes(topic, "enabled");
  return no(topic, "not enabled: configs that ask for it are refused", std::move(cure));
}

Finding judge_systemd(const HostFacts& host, const DoctorFacts& facts) {
  if (!facts.systemd) {
    return no("systemd", "doesn't run here", "--cgroup-manager=cgroupfs, which is the default");
  }
  if (is_privileged(host)) return yes("systemd", "runs the host");
  if (!facts.user_bus.empty()) return yes("systemd", "your session's bus is " + facts.user_bus);
  return no("systemd", "you have no session of systemd's (su without -, cron, ssh without PAM?)",
            "log in by ssh or `machinectl shell`, or loginctl enable-linger; and see that "
            "XDG_RUNTIME_DIR is yours");
}

Finding judge_id_maps_of_mounts(const HostFacts& host) {
  if (is_privileged(host)) return yes("idmap", "the files of binds can belong to other ids");
  return no("idmap", "only root of the host can map the ids of mounts", "run it as root");
}

Finding judge_nvidia(const DoctorFacts& facts) {
  if (facts.nvidia_driver.empty()) {
    return no("nvidia", "no driver is loaded (/proc/driver/nvidia is missing)",
              "where there is a GPU: install the driver, then modprobe nvidia");
  }
  if (facts.nvidia_openable) return yes("nvidia", "driver " + facts.nvidia_driver);
  return no("nvidia", "driver " + facts.nvidia_driver + ", but you may not open /dev/nvidiactl",
            "ask for the group that owns it: ls -l /dev/nvidia*");
}

}  // namespace

std::vector<Finding> diagnose(const HostFacts& host, const DoctorFacts& facts) {
  return {
      essential(judge_kernel(facts)),
      essential(judge_trial(facts)),
      essential(judge_state_root(facts)),
      judge_namespaces(facts),
      judge_ids(host, facts),
      judge_cgroups(host),
      judge_systemd(host, facts),
      judge_seccomp(facts),
      judge_lsm("apparmor", host.apparmor,
                "boot with lsm=...,apparmor on the kernel's command line"),
      judge_lsm("selinux", host.selinux, "install a policy, and boot with selinux=1"),
      judge_id_maps_of_mounts(host),
      facts.overlay ? yes("overlay", "engines can stack the layers of images")
                    : no("overlay", "the kernel has no overlay: engines copy images",
                         "as root: modprobe overlay"),
      facts.criu.empty()
          ? no("checkpoint", "criu is not installed", "as root: apt-get install criu")
          : yes("checkpoint", "by " + facts.criu),
      host.resctrl ? yes("resctrl", "classes for caches and memory bandwidth")
                   : no("resctrl", "is not mounted: configs with linux.intelRdt are refused",
                        "where the processor has it: mount -t resctrl resctrl /sys/fs/resctrl"),
      judge_nvidia(facts),
  };
}

bool can_run(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.essential && finding.verdict == Verdict::No;
  });
}

std::string delegation_cure() {
  return "ask the administrator for: mkdir -p /etc/systemd/system/user@.service.d && printf "
         "'[Service]\\nDelegate=cpu cpuset io memory pids\\n' "
         ">/etc/systemd/system/user@.service.d/delegate.conf && systemctl daemon-reload; then log "
         "in again";
}

}  // namespace ocirt::plan
