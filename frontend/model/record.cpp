// The record of a container as JSON: one list of members for each struct, for both directions.
// Pure.
#include "frontend/model/record.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/json_writer.h"

namespace ocirt::model {

namespace {

// each_member(OBJECT, VISIT): VISIT(NAME, MEMBER) for all members. OBJECT may be const or not.
template <typename Object, typename Type>
concept Of = std::is_same_v<std::remove_const_t<Object>, Type>;

void each_member(Of<PublishedPort> auto& port, auto visit) {
  visit("host_ip", port.host_ip);
  visit("host_port", port.host_port);
  visit("container_port", port.container_port);
  visit("count", port.count);
  visit("protocol", port.protocol);
}

void each_member(Of<RequestedMount> auto& mount, auto visit) {
  visit("kind", mount.kind);
  visit("source", mount.source);
  visit("destination", mount.destination);
  visit("options", mount.options);
}

void each_member(Of<RequestedDevice> auto& device, auto visit) {
  visit("host", device.host);
  visit("container", device.container);
  visit("permissions", device.permissions);
}

void each_member(Of<RequestedLimit> auto& limit, auto visit) {
  visit("name", limit.name);
  visit("soft", limit.soft);
  visit("hard", limit.hard);
}

void each_member(Of<HealthCheck> auto& health, auto visit) {
  visit("test", health.test);
  visit("interval", health.interval);
  visit("timeout", health.timeout);
  visit("start_period", health.start_period);
  visit("retries", health.retries);
}

void each_member(Of<RestartPolicy> auto& policy, auto visit) {
  visit("name", policy.name);
  visit("most", policy.most);
}

void each_member(Of<RequestedResources> auto& resources, auto visit) {
  visit("memory", resources.memory);
  visit("memory_swap", resources.memory_swap);
  visit("memory_reservation", resources.memory_reservation);
  visit("cpus", resources.cpus);
  visit("cpu_shares", resources.cpu_shares);
  visit("cpu_period", resources.cpu_period);
  visit("cpu_quota", resources.cpu_quota);
  visit("cpuset_cpus", resources.cpuset_cpus);
  visit("cpuset_mems", resources.cpuset_mems);
  visit("pids", resources.pids);
  visit("blkio_weight", resources.blkio_weight);
  visit("oom_score_adj", resources.oom_score_adj);
  visit("oom_kill_disable", resources.oom_kill_disable);
  visit("unified", resources.unified);
  visit("device_cgroup_rules", resources.device_cgroup_rules);
  visit("device_read_bps", resources.device_read_bps);
  visit("device_write_bps", resources.device_write_bps);
  visit("device_read_iops", resources.device_read_iops);
  visit("device_write_iops", resources.device_write_iops);
}

void each_member(Of<RequestedNamespaces> auto& namespaces, auto visit) {
  visit("network", namespaces.network);
  visit("ipc", namespaces.ipc);
  visit("pid", namespaces.pid);
  visit("uts", namespaces.uts);
  visit("cgroup", namespaces.cgroup);
  visit("user", namespaces.user);
}

void each_program_member(Of<Request> auto& request, auto visit) {
  visit("command", request.command);
  visit("entrypoint", request.entrypoint);
  visit("environment", request.environment);
  visit("unset_environment", request.unset_environment);
  visit("http_proxy", request.http_proxy);
  visit("workdir", request.workdir);
  visit("user", request.user);
  visit("groups", request.groups);
  visit("umask", request.umask);
  visit("terminal", request.terminal);
  visit("open_stdin", request.open_stdin);
  visit("init", request.init);
  visit("init_path", request.init_path);
  visit("timezone", request.timezone);
  visit("stop_signal", request.stop_signal);
  visit("stop_timeout", request.stop_timeout);
  visit("timeout", request.timeout);
  visit("health", request.health);
}

void each_view_member(Of<Request> auto& request, auto visit) {
  visit("mounts", request.mounts);
  visit("volumes_from", request.volumes_from);
  visit("image_volumes", request.image_volumes);
  visit("read_only", request.read_only);
  visit("read_only_tmpfs", request.read_only_tmpfs);
  visit("shm_size", request.shm_size);
  visit("hostname", request.hostname);
  visit("add_hosts", request.add_hosts);
  visit("no_hosts", request.no_hosts);
  visit("dns", request.dns);
  visit("dns_search", request.dns_search);
  visit("dns_options", request.dns_options);
  visit("ports", request.ports);
  visit("publish_all", request.publish_all);
  visit("expose", request.expose);
  visit("network_aliases", request.network_aliases);
  visit("ip", request.ip);
  visit("mac", request.mac);
  visit("namespaces", request.namespaces);
  visit("uid_maps", request.uid_maps);
  visit("gid_maps", request.gid_maps);
}

void each_right_member(Of<Request> auto& request, auto visit) {
  visit("privileged", request.privileged);
  visit("cap_add", request.cap_add);
  visit("cap_drop", request.cap_drop);
  visit("security_opts", request.security_opts);
  visit("devices", request.devices);
  visit("gpus", request.gpus);
  visit("limits", request.limits);
  visit("sysctls", request.sysctls);
  visit("resources", request.resources);
  visit("cgroups", request.cgroups);
  visit("cgroup_parent", request.cgroup_parent);
}

void each_keeping_member(Of<Request> auto& request, auto visit) {
  visit("name", request.name);
  visit("labels", request.labels);
  visit("annotations", request.annotations);
  visit("remove", request.remove);
  visit("restart", request.restart);
  visit("log_driver", request.log_driver);
  visit("log_options", request.log_options);
  visit("detach_keys", request.detach_keys);
  visit("preserve_fds", request.preserve_fds);
  visit("runtime", request.runtime);
}

void each_member(Of<Request> auto& request, auto visit) {
  each_program_member(request, visit);
  each_view_member(request, visit);
  each_right_member(request, visit);
  each_keeping_member(request, visit);
}

void each_member(Of<Record> auto& record, auto visit) {
  visit("id", record.id);
  visit("name", record.name);
  visit("created_ns", record.created_ns);
  visit("image", record.image);
  visit("image_name", record.image_name);
  visit("rootfs", record.rootfs);
  visit("layers", record.layers);
  visit("request", record.request);
  visit("args", record.args);
  visit("environment", record.environment);
  visit("workdir", record.workdir);
  visit("user", record.user);
  visit("stop_signal", record.stop_signal);
  visit("stop_timeout_s", record.stop_timeout_s);
  visit("labels", record.labels);
  visit("health", record.health);
  visit("log_driver", record.log_driver);
  visit("log_path", record.log_path);
  visit("network", record.network);
  visit("ports", record.ports);
  visit("mounts", record.mounts);
  visit("volumes", record.volumes);
  visit("own_volumes", record.own_volumes);
  visit("boot_id", record.boot_id);
  visit("restarts", record.restarts);
  visit("stopped_by_user", record.stopped_by_user);
}

struct Ignore {
  void operator()(const char* /*name*/, auto& /*member*/) const {}
};
template <typename Object>
concept HasMembers = requires(Object& object) {
  each_member(object, Ignore{});
};

template <typename Value>
void write(JsonWriter& json, const Value& value);

// Members that are as they were born are left out.
template <typename Object>
void write_members(JsonWriter& json, const Object& object) {
  static const Object kBorn{};
  std::vector<const void*> born;
  each_member(kBorn, [&](const char* /*name*/, const auto& member) { born.push_back(&member); });
  size_t next = 0;
  each_member(object, [&]<typename Member>(const char* name, const Member& member) {
    if (member == *static_cast<const Member*>(born[next++])) return;
    json.key(name);
    write(json, member);
  });
}

template <typename Item>
void write_each(JsonWriter& json, const std::vector<Item>& items) {
  json.begin_array();
  for (const Item& item : items) write(json, item);
  json.end_array();
}

template <typename Value>
void write(JsonWriter& json, const Value& value) {
  if constexpr (std::is_same_v<Value, std::string>) {
    json.value(std::string_view(value));
  } else if constexpr (std::is_enum_v<Value>) {
    json.value(static_cast<int>(value));
  } else if constexpr (std::is_floating_point_v<Value>) {
    json.number(fmt::format("{}", value));
  } else if constexpr (std::is_arithmetic_v<Value>) {
    json.value(value);
  } else if constexpr (std::is_same_v<Value, std::map<std::string, std::string>>) {
    json.begin_object();
    for (const auto& [key, text] : value) json.member(key, std::string_view(text));
    json.end_object();
  } else if constexpr (HasMembers<const Value>) {
    json.begin_object();
    write_members(json, value);
    json.end_object();
  } else if constexpr (requires { value.has_value(); }) {
    write(json, *value);  // an empty one is as it was born
  } else {
    write_each(json, value);
  }
}

using Json = nlohmann::json;

template <typename Value>
void read(const Json& json, Value& value);

template <typename Value>
void read(const Json& json, std::optional<Value>& value) {
  read(json, value.emplace());
}

template <typename Item>
void read(const Json& json, std::vector<Item>& items) {
  for (const Json& each : json) read(each, items.emplace_back());
}

// Throws what nlohmann's conversions throw.
template <typename Value>
void read(const Json& json, Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    value = static_cast<Value>(json.get<int>());
  } else if constexpr (HasMembers<Value>) {
    each_member(value, [&](const char* name, auto& member) {
      if (const auto found = json.find(name); found != json.end()) read(*found, member);
    });
  } else {
    json.get_to(value);
  }
}

}  // namespace

std::string print_record(const Record& record) {
  JsonWriter json;
  write(json, record);
  return std::move(json).take() + '\n';
}

Result<Record> parse_record(std::string_view text) {
  try {
    Record record;
    read(Json::parse(text), record);
    return record;
  } catch (const nlohmann::json::exception& error) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("a record: {}", error.what()));
  }
}

}  // namespace ocirt::model
