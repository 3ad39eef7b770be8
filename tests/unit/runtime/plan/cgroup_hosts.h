// Hosts with their cgroups, written down by hand for the tests of decisions.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/host_facts.h"

namespace ocirt::plan {

inline const std::vector<std::string> kAllControllers = {"cpuset", "cpu",     "io",
                                                         "memory", "hugetlb", "pids"};
inline constexpr const char* kUserScope = "/user.slice/user@7.service/app/shell.scope";

/// Root on a host with cgroup v2, who sits in `own`.
inline HostFacts v2_root(const std::string& own = "/") {
  HostFacts host;
  host.effective_capabilities = ~uint64_t{0};
  host.cgroup.layout = CgroupLayout::V2;
  host.cgroup.v2 = CgroupHierarchy{
      .controllers = kAllControllers, .mount_point = {"/sys/fs/cgroup"}, .own_path = own};
  host.cgroup.own_v2_writable = true;
  host.cgroup.v2_levels = {{.path = "/", .controllers = kAllControllers, .writable = true}};
  return host;
}

/// The same host for a user, who sits in `own`; what is below "user@7.service" is the user's, with
/// memory and pids.
inline HostFacts v2_user(const std::string& own) {
  HostFacts host = v2_root(own);
  host.euid = 7;
  host.effective_capabilities = 0;
  host.cgroup.v2_levels.clear();
  for (size_t at = 0; at != std::string::npos; at = own.find('/', at + 1)) {
    const std::string path = own.substr(0, own.find('/', at + 1));
    const std::string level = path.empty() ? "/" : path;
    const bool delegated = level.find("user@7.service") != std::string::npos;
    host.cgroup.v2_levels.push_back(
        {.path = level,
         .controllers = delegated ? std::vector<std::string>{"memory", "pids"} : kAllControllers,
         .writable = delegated});
  }
  host.cgroup.own_v2_writable = host.cgroup.v2_levels.back().writable;
  host.cgroup.v2->controllers = host.cgroup.v2_levels.back().controllers;
  return host;
}

/// Root on a hybrid host, whose memory hierarchy has us in "/job".
inline HostFacts hybrid_root() {
  HostFacts host;
  host.effective_capabilities = ~uint64_t{0};
  host.cgroup.layout = CgroupLayout::Hybrid;
  host.cgroup.v1 = {{{"memory"}, {"/sys/fs/cgroup/memory"}, "/job"},
                    {{"cpu", "cpuacct"}, {"/sys/fs/cgroup/cpu,cpuacct"}, "/"},
                    {{"devices"}, {"/sys/fs/cgroup/devices"}, "/"},
                    {{"name=systemd"}, {"/sys/fs/cgroup/systemd"}, "/"}};
  host.cgroup.v2 = CgroupHierarchy{
      .controllers = {}, .mount_point = {"/sys/fs/cgroup/unified"}, .own_path = "/"};
  host.cgroup.own_v2_writable = true;
  host.cgroup.v2_levels = {{.path = "/", .controllers = {}, .writable = true}};
  return host;
}

/// The same host for a user without any cgroup.
inline HostFacts user_of(HostFacts host) {
  host.euid = 7;
  host.effective_capabilities = 0;
  host.cgroup.own_v2_writable = false;
  for (CgroupLevel& level : host.cgroup.v2_levels) level.writable = false;
  return host;
}

}  // namespace ocirt::plan
