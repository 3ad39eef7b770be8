// What containers.conf says, with the defaults of containers-common. Pure: frontend/containers/
// load_settings.h finds and reads the files.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocirt::bundle {

struct Settings {
  // [containers]
  std::vector<std::string> annotations;  // "K=V"
  std::vector<std::string> capabilities = {"CHOWN",   "DAC_OVERRIDE",     "FOWNER",    "FSETID",
                                           "KILL",    "NET_BIND_SERVICE", "SETFCAP",   "SETGID",
                                           "SETPCAP", "SETUID",           "SYS_CHROOT"};
  std::vector<std::string> sysctls = {"net.ipv4.ping_group_range=0 0"};
  std::vector<std::string> limits;  // default_ulimits: "nofile=1024:2048"
  std::vector<std::string> devices;
  std::vector<std::string> dns_servers;
  std::vector<std::string> dns_searches;
  std::vector<std::string> dns_options;
  std::vector<std::string> environment = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  std::vector<std::string> mounts;   // as --mount
  std::vector<std::string> volumes;  // as --volume
  std::string cgroup_namespace;      // cgroupns
  std::string cgroups = "enabled";
  std::string ipc_namespace = "shareable";
  std::string network_namespace;
  std::string pid_namespace = "private";
  std::string user_namespace;
  std::string uts_namespace = "private";
  bool environment_host = false;
  bool http_proxy = true;
  bool init = false;
  std::string init_path;
  std::string log_driver;
  int64_t log_size_most = -1;  // log_size_max
  std::string log_tag;
  bool no_hosts = false;
  std::optional<int> oom_score_adj;
  int64_t pids_limit = 2048;
  bool privileged = false;
  bool read_only = false;
  std::string seccomp_profile;
  std::string shm_size = "65536k";
  std::string timezone;
  std::string umask = "0022";

  // [engine]
  std::string cgroup_manager;
  std::vector<std::string> cdi_directories = {"/etc/cdi", "/var/run/cdi"};
  std::string detach_keys = "ctrl-p,ctrl-q";
  std::vector<std::string> helper_directories;
  std::vector<std::string> hooks_directories;
  std::string pull_policy = "missing";
  std::string runtime;
  std::map<std::string, std::vector<std::string>> runtimes;
  unsigned stop_timeout_s = 10;

  // [network]
  std::string default_network = "podman";
  std::string network_config_directory;
  std::string rootless_network = "pasta";  // default_rootless_network_cmd
  std::vector<std::string> pasta_options;
  std::vector<std::string> netavark_directories;  // netavark_plugin_dirs
  uint16_t dns_bind_port = 0;

  // Not of a file: HTTP_PROXY and its like, as the caller has them ("K=V").
  std::vector<std::string> proxies;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// A file of containers.conf as JSON, and its name for errors.
struct SettingsFile {
  std::string path;
  nlohmann::json document;
};

/// Later files win. A list replaces the one before it, unless it ends in {append=true}.
/// Errors: InvalidConfig for a value of a wrong type, with the file and the key.
Result<Settings> parse_settings(std::span<const SettingsFile> files);

}  // namespace ocirt::bundle
