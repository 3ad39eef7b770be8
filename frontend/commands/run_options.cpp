// What the options of run and create ask for.
#include "frontend/commands/run_options.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "frontend/bundle/parse_mount.h"
#include "frontend/bundle/parse_words.h"
#include "frontend/bundle/text.h"
#include "frontend/commands/context.h"
#include "frontend/commands/option_words.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

using bundle::split_pair;
using model::Request;

// A whole number between bounds, where the option was given.
template <typename Number>
Result<> read_number(const Line& line, std::string_view option, std::optional<Number>& to,
                     int64_t least = 0) {
  if (!line.has(option)) return {};
  const std::string text = line.value(option);
  const std::optional<int64_t> number = bundle::parse_number(text);
  const bool fits = number && static_cast<int64_t>(static_cast<Number>(*number)) == *number;
  if (!fits || *number < least)
    return wrong_option(option, text, "not a number that is allowed here");
  to = static_cast<Number>(*number);
  return {};
}

Result<> read_size(const Line& line, std::string_view option, std::optional<int64_t>& to,
                   bool may_be_unlimited) {
  if (!line.has(option)) return {};
  const std::string text = line.value(option);
  if (may_be_unlimited && text == "-1") {
    to = -1;
    return {};
  }
  const std::optional<int64_t> bytes = bundle::parse_size(text);
  if (!bytes) return wrong_option(option, text, "not a size, such as 512m or 2g");
  if (*bytes > 0) to = *bytes;  // 0 is Docker's "no limit"
  return {};
}

Result<> read_pairs(const Line& line, std::string_view option,
                    std::map<std::string, std::string>& to, bool needs_value) {
  for (const std::string& text : line.values(option)) {
    const auto [key, value] = split_pair(text, '=');
    if (key.empty() || (needs_value && text.find('=') == std::string::npos)) {
      return wrong_option(option, text, "not KEY=VALUE");
    }
    to[std::string(key)] = value;
  }
  return {};
}

}  // namespace

Result<model::RequestedResources> parse_resources(const Line& line) {
  model::RequestedResources asked;
  TRY(read_size(line, "memory", asked.memory, false));
  TRY(read_size(line, "memory-swap", asked.memory_swap, true));
  TRY(read_size(line, "memory-reservation", asked.memory_reservation, false));
  if (asked.memory_swap && *asked.memory_swap > 0 && !asked.memory) {
    return make_error(ErrorKind::InvalidConfig, "--memory-swap needs --memory");
  }
  if (asked.memory_swap && *asked.memory_swap > 0 && *asked.memory_swap < *asked.memory) {
    return make_error(ErrorKind::InvalidConfig, "--memory-swap is smaller than --memory");
  }
  if (line.has("cpus")) {
    const std::string text = line.value("cpus");
    char* end = nullptr;
    asked.cpus = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(*asked.cpus >= 0)) {
      return wrong_option("cpus", text, "not a number of CPUs");
    }
  }
  TRY(read_number(line, "cpu-shares", asked.cpu_shares));
  TRY(read_number(line, "cpu-period", asked.cpu_period));
  TRY(read_number(line, "cpu-quota", asked.cpu_quota, -1));
  TRY(read_number(line, "pids-limit", asked.pids, -1));
  TRY(read_number(line, "blkio-weight", asked.blkio_weight, 10));
  TRY(read_number(line, "oom-score-adj", asked.oom_score_adj, -1000));
  asked.cpuset_cpus = line.value("cpuset-cpus");
  asked.cpuset_mems = line.value("cpuset-mems");
  asked.oom_kill_disable = line.flag("oom-kill-disable");
  TRY(read_pairs(line, "cgroup-conf", asked.unified, true));
  asked.device_cgroup_rules = line.values("device-cgroup-rule");
  asked.device_read_bps = line.values("device-read-bps");
  asked.device_write_bps = line.values("device-write-bps");
  asked.device_read_iops = line.values("device-read-iops");
  asked.device_write_iops = line.values("device-write-iops");
  return asked;
}

namespace {

Result<> read_entrypoint(const Line& line, Request& request) {
  if (!line.has("entrypoint")) return {};
  const std::string text = line.value("entrypoint");
  request.entrypoint.emplace();
  if (text.empty()) return {};
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  const bool is_list = list.is_array() && std::all_of(list.begin(), list.end(),
                                                      [](const auto& e) { return e.is_string(); });
  if (is_list)
    *request.entrypoint = list.get<std::vector<std::string>>();
  else
    request.entrypoint->push_back(text);
  return {};
}

Result<> read_environment(const Line& line, Request& request) {
  if (line.flag("env-host")) add_environment("*", request.environment);
  for (const std::string& path : line.values("env-file")) {
    TRY(add_environment_file(path, request.environment));
  }
  for (const std::string& text : line.values("env")) {
    if (text.empty() || text[0] == '=') return wrong_option("env", text, "has no name");
    add_environment(text, request.environment);
  }
  request.unset_environment = line.values("unsetenv");
  if (line.flag("unsetenv-all")) request.unset_environment.emplace_back("*");
  request.http_proxy = line.flag("http-proxy", true);
  return {};
}

Result<int64_t> read_time(const Line& line, std::string_view option) {
  const std::string text = line.value(option);
  if (text.empty() || text == "disable") return 0;
  const std::optional<int64_t> time = bundle::parse_duration(text);
  if (!time) return wrong_option(option, text, "not a time, such as 30s or 1m30s");
  return *time;
}

Result<> read_health(const Line& line, Request& request) {
  if (line.flag("no-healthcheck")) {
    if (line.has("health-cmd")) {
      return make_error(ErrorKind::InvalidConfig,
                        "--health-cmd and --no-healthcheck exclude each other");
    }
    request.health = model::HealthCheck{.test = {"NONE"}};
    return {};
  }
  model::HealthCheck health;
  if (line.has("health-cmd")) health.test = parse_health_command(line.value("health-cmd"));
  health.interval = TRY(read_time(line, "health-interval"));
  health.timeout = TRY(read_time(line, "health-timeout"));
  health.start_period = TRY(read_time(line, "health-start-period"));
  std::optional<int> retries;
  TRY(read_number(line, "health-retries", retries, 1));
  health.retries = retries.value_or(0);
  if (health != model::HealthCheck{}) request.health = health;
  return {};
}

Result<> read_program(const Line& line, Request& request) {
  const std::vector<std::string>& words = line.words();
  if (!words.empty()) request.command.assign(words.begin() + 1, words.end());
  TRY(read_entrypoint(line, request));
  TRY(read_environment(line, request));
  TRY(read_health(line, request));
  request.workdir = line.value("workdir");
  if (!request.workdir.empty() && request.workdir[0] != '/') {
    return wrong_option("workdir", request.workdir,
                        "the path in the container must begin with '/'");
  }
  request.user = line.value("user");
  request.groups = line.values("group-add");
  request.umask = line.value("umask");
  request.terminal = line.flag("tty");
  request.open_stdin = line.flag("interactive");
  request.init = line.flag("init");
  request.init_path = line.value("init-path");
  request.timezone = line.has("tz") ? line.value("tz") : line.value("timezone");
  request.stop_signal = line.value("stop-signal");
  TRY(read_number(line, "stop-timeout", request.stop_timeout));
  TRY(read_number(line, "timeout", request.timeout));
  return {};
}

// A path of the caller's: the container may be started from elsewhere.
std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  const Result<std::string> whole = absolute_path(path);
  if (!whole) return path;
  const std::string resolved = sys::resolved_path(whole->c_str());
  return resolved.empty() ? *whole : resolved;
}

Result<> read_mounts(const Line& line, Request& request) {
  for (const std::string& text : line.values("volume")) {
    request.mounts.push_back(TRY(bundle::parse_volume(text)));
  }
  for (const std::string& text : line.values("mount")) {
    request.mounts.push_back(TRY(bundle::parse_mount(text)));
  }
  for (const std::string& text : line.values("tmpfs")) {
    request.mounts.push_back(TRY(bundle::parse_tmpfs(text)));
  }
  for (model::RequestedMount& mount : request.mounts) {
    if (mount.kind == model::RequestedMount::Kind::Bind) mount.source = absolute(mount.source);
  }
  request.volumes_from = line.values("volumes-from");
  if (line.has("image-volume")) {
    const std::string mode = line.value("image-volume");
    if (mode != "bind" && mode != "anonymous" && mode != "tmpfs" && mode != "ignore") {
      return wrong_option("image-volume", mode, "neither anonymous (bind), tmpfs nor ignore");
    }
    request.image_volumes = mode == "bind" ? "anonymous" : mode;
  }
  request.read_only = line.flag("read-only");
  request.read_only_tmpfs = line.flag("read-only-tmpfs", true);
  request.shm_size = line.value("shm-size");
  return {};
}

Result<> read_network(const Line& line, Request& request) {
  request.hostname = line.value("hostname");
  request.add_hosts = line.values("add-host");
  request.no_hosts = line.flag("no-hosts");
  if (request.no_hosts && !request.add_hosts.empty()) {
    return make_error(ErrorKind::InvalidConfig, "--no-hosts and --add-host exclude each other");
  }
  request.dns = line.values("dns");
  request.dns_search = line.values("dns-search");
  request.dns_options = line.values("dns-option");
  for (std::string& text : line.values("dns-opt")) request.dns_options.push_back(std::move(text));
  for (const std::string& text : line.values("publish")) {
    request.ports.push_back(TRY(parse_port(text)));
  }
  request.publish_all = line.flag("publish-all");
  request.expose = line.values("expose");
  request.network_aliases = line.values("network-alias");
  request.ip = line.value("ip");
  request.mac = line.value("mac-address");
  model::RequestedNamespaces& namespaces = request.namespaces;
  const std::string_view option = line.has("network") ? "network" : "net";
  for (const std::string& each : line.values(option)) {
    namespaces.network += (namespaces.network.empty() ? "" : ",") + each;
  }
  namespaces.ipc = line.value("ipc");
  namespaces.pid = line.value("pid");
  namespaces.uts = line.value("uts");
  namespaces.cgroup = line.value("cgroupns");
  namespaces.user = line.value("userns");
  if (namespaces.uts == "host" && !request.hostname.empty()) {
    return make_error(ErrorKind::InvalidConfig,
                      "--hostname needs a uts namespace of its own, not --uts host");
  }
  request.uid_maps = line.values("uidmap");
  request.gid_maps = line.values("gidmap");
  return {};
}

Result<> read_rights(const Line& line, Request& request) {
  static constexpr std::array<std::string_view, 8> kKnown = {
      "seccomp", "apparmor", "label",     "no-new-privileges",
      "mask",    "unmask",   "proc-opts", "systempaths"};
  request.privileged = line.flag("privileged");
  request.cap_add = line.values("cap-add");
  request.cap_drop = line.values("cap-drop");
  request.security_opts = line.values("security-opt");
  for (std::string& text : request.security_opts) {
    const auto [key, value] = split_pair(text, text.find('=') == std::string::npos ? ':' : '=');
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) {
      return wrong_option("security-opt", text, "is not known");
    }
    const bool is_file = key == "seccomp" && value != "unconfined" && value != "default";
    if (is_file) text = "seccomp=" + absolute(std::string(value));
  }
  for (const std::string& text : line.values("device")) {
    request.devices.push_back(TRY(bundle::parse_device(text)));
  }
  for (const std::string& text : line.values("gpus")) {
    request.gpus = request.gpus ? *request.gpus + ',' + text : text;
  }
  for (const std::string& text : line.values("ulimit")) {
    request.limits.push_back(TRY(bundle::parse_limit(text)));
  }
  TRY(read_pairs(line, "sysctl", request.sysctls, true));
  request.resources = TRY(parse_resources(line));
  request.cgroups = line.value("cgroups");
  if (!request.cgroups.empty() && request.cgroups != "enabled" && request.cgroups != "no-conmon") {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--cgroups {} is not supported", request.cgroups));
  }
  request.cgroup_parent = line.value("cgroup-parent");
  return {};
}

// The monitor takes bytes, and keeps one file.
Result<> read_log_options(const Line& line, std::map<std::string, std::string>& to) {
  TRY(read_pairs(line, "log-opt", to, true));
  for (auto& [key, value] : to) {
    if (key == "max-size") {
      const std::optional<int64_t> bytes = bundle::parse_size(value);
      if (!bytes || *bytes <= 0) return wrong_option("log-opt", value, "max-size is no size");
      value = std::to_string(*bytes);
    } else if (key != "path" && key != "tag") {
      return wrong_option("log-opt", key, "is not supported: path, max-size and tag are");
    }
  }
  return {};
}

Result<> read_keeping(const Line& line, Request& request) {
  request.name = line.value("name");
  for (const std::string& path : line.values("label-file")) {
    for (const std::string& text : TRY(read_lines(path))) {
      const auto [key, value] = split_pair(text, '=');
      request.labels[std::string(key)] = value;
    }
  }
  TRY(read_pairs(line, "label", request.labels, false));
  TRY(read_pairs(line, "annotation", request.annotations, true));
  request.remove = line.flag("rm");
  if (line.has("restart")) request.restart = TRY(parse_restart(line.value("restart")));
  if (request.remove && request.restart.name != "no") {
    return make_error(ErrorKind::InvalidConfig, "--rm and --restart exclude each other");
  }
  request.log_driver = line.value("log-driver");
  TRY(read_log_options(line, request.log_options));
  request.detach_keys = line.value("detach-keys");
  std::optional<unsigned> fds;
  TRY(read_number(line, "preserve-fds", fds));
  request.preserve_fds = fds.value_or(0);
  return {};
}

// An option that podman has is never ignored: what it asks for would silently be missing.
Result<> refuse_unsupported(const Line& line) {
  struct Refused {
    std::string_view option;
    std::string_view harmless;  // a value that asks for what we do anyway
  };
  static constexpr Refused kAll[] = {{"blkio-weight-device", ""},
                                     {"chrootdirs", ""},
                                     {"cpu-rt-period", ""},
                                     {"cpu-rt-runtime", ""},
                                     {"env-merge", ""},
                                     {"health-on-failure", "none"},
                                     {"hostuser", ""},
                                     {"ip6", ""},
                                     {"memory-swappiness", "-1"},
                                     {"passwd-entry", ""},
                                     {"personality", ""},
                                     {"pod", ""},
                                     {"pod-id-file", ""},
                                     {"requires", ""},
                                     {"seccomp-policy", "default"},
                                     {"pidfile", ""},
                                     {"conmon-pidfile", ""},
                                     {"rmi", "false"},
                                     {"sdnotify", "ignore"},
                                     {"secret", ""},
                                     {"subgidname", ""},
                                     {"subuidname", ""},
                                     {"cdi-spec-dir", ""}};
  for (const Refused& each : kAll) {
    if (!line.has(each.option) || line.value(each.option) == each.harmless) continue;
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--{} is not supported by ocictl", each.option));
  }
  if (line.has("systemd") && line.value("systemd") == "always") {
    return make_error(ErrorKind::Unsupported, "--systemd always is not supported by ocictl");
  }
  return {};
}

}  // namespace

Result<Request> parse_run_options(const Line& line) {
  Request request;
  TRY(refuse_unsupported(line));
  TRY(read_program(line, request));
  TRY(read_mounts(line, request));
  TRY(read_network(line, request));
  TRY(read_rights(line, request));
  TRY(read_keeping(line, request));
  return request;
}

}  // namespace ocirt::frontend
