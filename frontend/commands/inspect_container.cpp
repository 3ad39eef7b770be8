// All that is known of a container, as podman's `container inspect` tells it.
#include "frontend/commands/inspect_container.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/text.h"
#include "frontend/commands/container_fields.h"
#include "frontend/commands/text.h"
#include "frontend/containers/health.h"
#include "frontend/network/network.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

using containers::State;
using Kind = model::RequestedMount::Kind;

constexpr const char* kNever = "0001-01-01T00:00:00Z";  // Go's zero time
constexpr size_t kMostConfig = 16 << 20;

std::string time_or_never(int64_t seconds) {
  return seconds == 0 ? kNever : print_time(seconds);
}

// "2026-11-24T02:04:07.000993756Z"
std::string time_with_nanoseconds(int64_t since_epoch_ns) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  std::string text = print_time(since_epoch_ns / kPerSecond);
  text.pop_back();
  return text + fmt::format(".{:09}Z", since_epoch_ns % kPerSecond);
}

// The bundle's config of the last start; an empty object if there was none.
Json read_config(const std::string& directory) {
  const Result<std::string> text =
      sys::read_file(AT_FDCWD, (directory + "/config.json").c_str(), kMostConfig);
  Json config = text ? Json::parse(*text, nullptr, false) : Json();
  return config.is_object() ? config : Json::object();
}

Json at(const Json& object, std::initializer_list<const char*> path, Json otherwise) {
  const Json* now = &object;
  for (const char* name : path) {
    if (!now->is_object() || !now->contains(name)) return otherwise;
    now = &(*now)[name];
  }
  return *now;
}

std::string cgroup_of(pid_t pid) {
  const Result<std::string> text =
      sys::read_file(AT_FDCWD, fmt::format("/proc/{}/cgroup", pid).c_str(), kMostConfig);
  std::string longest;  // where a hierarchy has none for the container, its path is a shorter one
  if (!text) return longest;
  for (const std::string& line : bundle::split(*text, '\n')) {
    const std::vector<std::string> parts = bundle::split(line, ':');
    const bool is_named = parts.size() > 1 && parts[1].starts_with("name=");
    if (parts.size() == 3 && !is_named && parts[2].size() > longest.size()) longest = parts[2];
  }
  return longest;
}

Json health_of(const Containers& containers, const model::Record& record) {
  const auto health = containers::read_health(containers.store().roots(), record);
  if (!health) return {{"Status", ""}, {"FailingStreak", 0}, {"Log", nullptr}};
  constexpr int64_t kPerSecond = 1'000'000'000;
  Json log = Json::array();
  for (const containers::HealthProbe& probe : health->log) {
    log.push_back({{"Start", print_time(probe.start_ns / kPerSecond)},
                   {"End", print_time(probe.end_ns / kPerSecond)},
                   {"ExitCode", probe.exit_code},
                   {"Output", probe.output}});
  }
  return {{"Status", health->status}, {"FailingStreak", health->failing_streak}, {"Log", log}};
}

Json state_of(const Containers& containers, const Containers::Found& found) {
  const containers::Status& status = found.status;
  const bool ended = status.state == State::Exited;
  Json state = {{"OciVersion", "1.2.0"},
                {"Status", containers::name_of(status.state)},
                {"Running", status.state == State::Running},
                {"Paused", status.state == State::Paused},
                {"Restarting", false},
                {"OOMKilled", ended && status.exit && status.exit->oom_killed},
                {"Dead", false},
                {"Pid", status.pid}};
  const auto monitor = containers::find_monitor(containers.store().roots(), found.record.id);
  if (status.pid != 0 && monitor) state["ConmonPid"] = monitor->pid;
  state["ExitCode"] = exit_code(status);
  state["Error"] = "";
  const bool knows_times = ended && status.exit;
  state["StartedAt"] =
      knows_times ? status.exit->started : time_or_never(ended ? 0 : status.started_s);
  state["FinishedAt"] = knows_times ? status.exit->finished : kNever;
  state["Health"] = health_of(containers, found.record);
  if (status.pid != 0) state["CgroupPath"] = cgroup_of(status.pid);
  state["CheckpointedAt"] = kNever;
  state["RestoredAt"] = kNever;
  return state;
}

bool is_propagation(const std::string& word) {
  return word.ends_with("private") || word.ends_with("shared") || word.ends_with("slave");
}

// What a bind is mounted with, as the config has it.
Json words_of_mount(const Json& config, const std::string& destination) {
  for (const Json& mount : at(config, {"mounts"}, Json::array())) {
    if (mount.value("destination", "") == destination) {
      return mount.value("options", Json::array());
    }
  }
  return Json::array();
}

Json mounts_of(const Containers& containers, const model::Record& record, const Json& config) {
  Json list = Json::array();
  for (const model::RequestedMount& mount : record.mounts) {
    if (mount.kind != Kind::Bind && mount.kind != Kind::Volume) continue;
    const bool is_volume = mount.kind == Kind::Volume;
    const std::vector<std::string>& asked = mount.options;
    Json options = Json::array();
    std::string propagation = "rprivate";
    for (const Json& word : words_of_mount(config, mount.destination)) {
      const std::string text = word.get<std::string>();
      if (is_propagation(text))
        propagation = text;
      else if (text != "ro" && text != "rw")
        options.push_back(text);
    }
    Json entry = {{"Type", is_volume ? "volume" : "bind"}};
    if (is_volume) entry["Name"] = mount.source;
    entry["Source"] = is_volume ? fmt::format("{}/volumes/{}/data",
                                              containers.store().roots().store, mount.source)
                                : mount.source;
    entry["Destination"] = mount.destination;
    entry["Driver"] = is_volume ? "local" : "";
    entry["Mode"] = "";
    entry["Options"] = options;
    entry["RW"] = std::find(asked.begin(), asked.end(), "ro") == asked.end();
    entry["Propagation"] = propagation;
    list.push_back(std::move(entry));
  }
  return list;
}

// {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}
Json bindings_of(const model::Record& record) {
  Json ports = Json::object();
  for (const model::PublishedPort& port : record.ports) {
    for (unsigned i = 0; i < port.count; ++i) {
      const std::string inside = fmt::format("{}/{}", port.container_port + i, port.protocol);
      if (!ports.contains(inside)) ports[inside] = Json::array();
      ports[inside].push_back(
          {{"HostIp", port.host_ip}, {"HostPort", fmt::format("{}", port.host_port + i)}});
    }
  }
  return ports;
}

// "10.88.0.2/16" as address and length.
void add_address(Json& to, const std::string& address, const char* name, const char* length) {
  const auto [ip, bits] = bundle::split_pair(address, '/');
  to[name] = ip;
  to[length] = bundle::parse_number(bits).value_or(0);
}

Json interface_json(const network::Interface* interface) {
  Json json = {{"EndpointID", ""},         {"Gateway", ""},     {"IPAddress", ""},
               {"IPPrefixLen", 0},         {"IPv6Gateway", ""}, {"GlobalIPv6Address", ""},
               {"GlobalIPv6PrefixLen", 0}, {"MacAddress", ""}};
  if (interface == nullptr) return json;
  json["MacAddress"] = interface->mac;
  const auto is_v6 = [](const std::string& text) { return text.find(':') != std::string::npos; };
  for (const std::string& address : interface->addresses) {
    if (is_v6(address))
      add_address(json, address, "GlobalIPv6Address", "GlobalIPv6PrefixLen");
    else
      add_address(json, address, "IPAddress", "IPPrefixLen");
  }
  for (const std::string& gateway : interface->gateways) {
    json[is_v6(gateway) ? "IPv6Gateway" : "Gateway"] = gateway;
  }
  return json;
}

Json network_settings(const Containers& containers, const Containers::Found& found) {
  const auto state = network::find_state(containers.store().roots().directories(found.record.id));
  const bool has_any = state && !state->interfaces.empty();
  Json settings = interface_json(has_any ? &state->interfaces.front() : nullptr);
  settings["Bridge"] = "";
  settings["SandboxID"] = "";
  settings["HairpinMode"] = false;
  settings["LinkLocalIPv6Address"] = "";
  settings["LinkLocalIPv6PrefixLen"] = 0;
  settings["Ports"] = bindings_of(found.record);
  settings["SandboxKey"] =
      found.status.pid == 0 ? "" : fmt::format("/proc/{}/ns/net", found.status.pid);
  if (!has_any) return settings;
  Json networks = Json::object();
  for (const network::Interface& each : state->interfaces) {
    Json one = interface_json(&each);
    one["NetworkID"] = each.network;
    one["DriverOpts"] = nullptr;
    one["IPAMConfig"] = nullptr;
    one["Links"] = nullptr;
    one["Aliases"] = each.aliases;
    networks[each.network] = std::move(one);
  }
  settings["Networks"] = std::move(networks);
  return settings;
}

Json config_of(const model::Record& record, const Json& config) {
  const model::Request& request = record.request;
  Json json = {{"Hostname", at(config, {"hostname"}, request.hostname)},
               {"Domainname", ""},
               {"User", record.user},
               {"AttachStdin", false},
               {"AttachStdout", false},
               {"AttachStderr", false},
               {"Tty", request.terminal},
               {"OpenStdin", request.open_stdin},
               {"StdinOnce", false},
               {"Env", at(config, {"process", "env"}, record.environment)},
               {"Cmd", record.args},
               {"Image", record.image_name},
               {"Volumes", nullptr},
               {"WorkingDir", record.workdir},
               {"Entrypoint", ""},
               {"OnBuild", nullptr},
               {"Labels", record.labels.empty() ? Json() : Json(record.labels)},
               {"Annotations", at(config, {"annotations"}, Json(request.annotations))},
               {"StopSignal", record.stop_signal}};
  if (record.health) {
    json["Healthcheck"] = {{"Test", record.health->test},
                           {"StartPeriod", record.health->start_period},
                           {"Interval", record.health->interval},
                           {"Timeout", record.health->timeout},
                           {"Retries", record.health->retries}};
  }
  json["Umask"] = request.umask.empty() ? "0022" : request.umask;
  json["Timezone"] = request.timezone;
  json["Timeout"] = request.timeout.value_or(0);
  json["StopTimeout"] = record.stop_timeout_s;
  json["Passwd"] = false;
  return json;
}

std::string joined(const Json& words) {
  std::string text;
  for (const Json& word : words) text += (text.empty() ? "" : ",") + word.get<std::string>();
  return text;
}

// What the kernel was asked for, from the config: the request may have left it open.
void add_limits(const model::Record& record, const Json& config, Json& host) {
  const model::RequestedResources& asked = record.request.resources;
  constexpr double kPerCpu = 1e9;
  host["CpuShares"] = asked.cpu_shares.value_or(0);
  host["Memory"] = asked.memory.value_or(0);
  host["NanoCpus"] = static_cast<int64_t>(asked.cpus.value_or(0) * kPerCpu);
  host["CgroupParent"] = record.request.cgroup_parent;
  host["BlkioWeight"] = asked.blkio_weight.value_or(0);
  host["CpuPeriod"] =
      at(config, {"linux", "resources", "cpu", "period"}, asked.cpu_period.value_or(0));
  host["CpuQuota"] =
      at(config, {"linux", "resources", "cpu", "quota"}, asked.cpu_quota.value_or(0));
  host["CpusetCpus"] = asked.cpuset_cpus;
  host["CpusetMems"] = asked.cpuset_mems;
  host["MemoryReservation"] = asked.memory_reservation.value_or(0);
  host["MemorySwap"] =
      at(config, {"linux", "resources", "memory", "swap"}, asked.memory_swap.value_or(0));
  host["MemorySwappiness"] = -1;
  host["OomKillDisable"] = asked.oom_kill_disable;
  host["PidsLimit"] = at(config, {"linux", "resources", "pids", "limit"}, asked.pids.value_or(0));
  Json limits = Json::array();
  for (const Json& limit : at(config, {"process", "rlimits"}, Json::array())) {
    limits.push_back({{"Name", limit["type"]}, {"Soft", limit["soft"]}, {"Hard", limit["hard"]}});
  }
  host["Ulimits"] = std::move(limits);
  host["CgroupConf"] = asked.unified.empty() ? Json() : Json(asked.unified);
}

Json or_default(const std::string& asked, const char* otherwise) {
  return asked.empty() ? otherwise : asked;
}

Json host_config(const Containers& containers, const model::Record& record, const Json& config) {
  const model::Request& request = record.request;
  Json binds = Json::array();
  Json tmpfs = Json::object();
  for (const model::RequestedMount& mount : record.mounts) {
    const std::string words = joined(words_of_mount(config, mount.destination));
    if (mount.kind == Kind::Tmpfs) tmpfs[mount.destination] = words;
    if (mount.kind == Kind::Bind || mount.kind == Kind::Volume) {
      binds.push_back(fmt::format("{}:{}:{}", mount.source, mount.destination, words));
    }
  }
  Json devices = Json::array();
  for (const model::RequestedDevice& device : request.devices) {
    devices.push_back({{"PathOnHost", device.host},
                       {"PathInContainer", device.container},
                       {"CgroupPermissions", device.permissions}});
  }
  Json host = {{"Binds", binds},
               {"CgroupManager", or_default(containers.settings().cgroup_manager, "cgroupfs")},
               {"CgroupMode", or_default(request.namespaces.cgroup, "host")},
               {"ContainerIDFile", ""},
               {"LogConfig",
                {{"Type", record.log_driver},
                 {"Config", request.log_options.empty() ? Json() : Json(request.log_options)},
                 {"Path", record.log_path},
                 {"Tag", at(Json(request.log_options), {"tag"}, "")},
                 {"Size", at(Json(request.log_options), {"max-size"}, "0B")}}},
               {"NetworkMode", record.network},
               {"PortBindings", bindings_of(record)},
               {"RestartPolicy",
                {{"Name", request.restart.name == "no" ? "" : request.restart.name},
                 {"MaximumRetryCount", request.restart.most}}},
               {"AutoRemove", request.remove},
               {"VolumeDriver", ""},
               {"VolumesFrom", request.volumes_from.empty() ? Json() : Json(request.volumes_from)},
               {"CapAdd", request.cap_add},
               {"CapDrop", request.cap_drop},
               {"Dns", request.dns},
               {"DnsOptions", request.dns_options},
               {"DnsSearch", request.dns_search},
               {"ExtraHosts", request.add_hosts},
               {"GroupAdd", request.groups},
               {"IpcMode", or_default(request.namespaces.ipc, "shareable")},
               {"Cgroup", ""},
               {"Cgroups", "default"},
               {"Links", nullptr},
               {"OomScoreAdj", request.resources.oom_score_adj.value_or(0)},
               {"PidMode", or_default(request.namespaces.pid, "private")},
               {"Privileged", request.privileged},
               {"PublishAllPorts", request.publish_all},
               {"ReadonlyRootfs", request.read_only},
               {"SecurityOpt", request.security_opts},
               {"Tmpfs", tmpfs},
               {"UTSMode", or_default(request.namespaces.uts, "private")},
               {"UsernsMode", request.namespaces.user},
               {"ShmSize", bundle::parse_size(request.shm_size).value_or(0)},
               {"Runtime", "oci"},
               {"ConsoleSize", {0, 0}},
               {"Isolation", ""},
               {"Devices", devices}};
  add_limits(record, config, host);
  return host;
}

Json graph_driver(const model::Record& record, const std::string& directory) {
  std::string lower;
  for (const std::string& layer : record.layers) lower += (lower.empty() ? "" : ":") + layer;
  Json data = Json::object();
  if (!lower.empty()) data["LowerDir"] = lower;
  data["UpperDir"] = directory + "/upper";
  data["WorkDir"] = directory + "/work";
  return {{"Name", "overlay"}, {"Data", data}};
}

}  // namespace

Result<Json> inspect_container(Containers& containers, const Containers::Found& found) {
  const model::Record& record = found.record;
  const containers::Roots& roots = containers.store().roots();
  const std::string directory = roots.container(record.id);
  const std::string run = roots.run_directory(record.id);
  const Json config = read_config(directory);
  const containers::Engine engine = TRY(containers.engine(record));
  const bool has_words = !record.args.empty();
  Json json = {{"Id", record.id},
               {"Created", time_with_nanoseconds(record.created_ns)},
               {"Path", has_words ? record.args.front() : ""},
               {"Args", has_words ? Json(std::vector<std::string>(record.args.begin() + 1,
                                                                  record.args.end()))
                                  : Json::array()},
               {"State", state_of(containers, found)},
               {"Image", record.image},
               {"ImageName", record.image_name},
               {"Rootfs", record.rootfs},
               {"Pod", ""},
               {"ResolvConfPath", record.network == "none" ? "" : directory + "/resolv.conf"},
               {"HostnamePath", directory + "/hostname"},
               {"HostsPath", directory + "/hosts"},
               {"StaticDir", directory},
               {"OCIConfigPath", directory + "/config.json"},
               {"OCIRuntime", engine.runtime.programs().runtime},
               {"ConmonPidFile", run + "/conmon.pid"},
               {"PidFile", run + "/pidfile"},
               {"Name", record.name},
               {"RestartCount", record.restarts},
               {"Driver", "overlay"},
               {"MountLabel", ""},
               {"ProcessLabel", ""},
               {"AppArmorProfile", at(config, {"process", "apparmorProfile"}, "")},
               {"EffectiveCaps", at(config, {"process", "capabilities", "effective"}, nullptr)},
               {"BoundingCaps", at(config, {"process", "capabilities", "bounding"}, nullptr)},
               {"ExecIDs", Json::array()},
               {"GraphDriver", graph_driver(record, directory)},
               {"Mounts", mounts_of(containers, record, config)},
               {"Dependencies", Json::array()},
               {"NetworkSettings", network_settings(containers, found)},
               {"Namespace", ""},
               {"IsInfra", false},
               {"IsService", false},
               {"Config", config_of(record, config)},
               {"HostConfig", host_config(containers, record, config)}};
  return json;
}

}  // namespace ocirt::frontend
