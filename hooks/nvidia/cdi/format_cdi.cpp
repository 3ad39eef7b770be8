// Writes specifications of CDI as JSON.
#include "base/json_writer.h"
#include "hooks/nvidia/cdi/spec.h"

namespace ocirt::nvidia {

namespace {

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(key);
  json.begin_array();
  for (const std::string& text : texts) json.value(std::string_view(text));
  json.end_array();
}

void write_text(JsonWriter& json, std::string_view key, const std::string& text) {
  if (!text.empty()) json.member(key, std::string_view(text));
}

template <typename T>
void write_number(JsonWriter& json, std::string_view key, const std::optional<T>& number) {
  if (number) json.member(key, *number);
}

void write_node(JsonWriter& json, const CdiNode& node) {
  json.begin_object();
  write_text(json, "path", node.path);
  write_text(json, "hostPath", node.host_path);
  write_text(json, "type", node.type);
  write_number(json, "major", node.major);
  write_number(json, "minor", node.minor);
  write_number(json, "fileMode", node.file_mode);
  write_text(json, "permissions", node.permissions);
  write_number(json, "uid", node.uid);
  write_number(json, "gid", node.gid);
  json.end_object();
}

void write_mount(JsonWriter& json, const CdiMount& mount) {
  json.begin_object();
  write_text(json, "hostPath", mount.host_path);
  write_text(json, "containerPath", mount.container_path);
  write_texts(json, "options", mount.options);
  write_text(json, "type", mount.type);
  json.end_object();
}

void write_hook(JsonWriter& json, const CdiHook& hook) {
  json.begin_object();
  write_text(json, "hookName", hook.name);
  write_text(json, "path", hook.path);
  write_texts(json, "args", hook.args);
  write_texts(json, "env", hook.env);
  write_number(json, "timeout", hook.timeout);
  json.end_object();
}

void write_net_device(JsonWriter& json, const CdiNetDevice& device) {
  json.begin_object();
  write_text(json, "hostInterfaceName", device.host_name);
  write_text(json, "name", device.name);
  json.end_object();
}

void write_intel_rdt(JsonWriter& json, const spec::IntelRdt& rdt) {
  json.key("intelRdt");
  json.begin_object();
  if (rdt.clos_id) json.member("closID", std::string_view(*rdt.clos_id));
  if (rdt.l3_cache_schema) json.member("l3CacheSchema", std::string_view(*rdt.l3_cache_schema));
  if (rdt.mem_bw_schema) json.member("memBwSchema", std::string_view(*rdt.mem_bw_schema));
  write_texts(json, "schemata", rdt.schemata);
  write_number(json, "enableMonitoring", rdt.enable_monitoring);
  json.end_object();
}

template <typename T>
void write_list(JsonWriter& json, std::string_view key, const std::vector<T>& list,
                void (*write)(JsonWriter&, const T&)) {
  if (list.empty()) return;
  json.key(key);
  json.begin_array();
  for (const T& item : list) write(json, item);
  json.end_array();
}

void write_edits(JsonWriter& json, const ContainerEdits& edits) {
  json.key("containerEdits");
  json.begin_object();
  write_texts(json, "env", edits.env);
  write_list(json, "deviceNodes", edits.nodes, write_node);
  write_list(json, "mounts", edits.mounts, write_mount);
  write_list(json, "hooks", edits.hooks, write_hook);
  write_list(json, "netDevices", edits.net_devices, write_net_device);
  if (edits.intel_rdt) write_intel_rdt(json, *edits.intel_rdt);
  if (!edits.additional_gids.empty()) {
    json.key("additionalGids");
    json.begin_array();
    for (const uint32_t gid : edits.additional_gids) json.value(gid);
    json.end_array();
  }
  json.end_object();
}

void write_device(JsonWriter& json, const CdiDevice& device) {
  json.begin_object();
  json.member("name", std::string_view(device.name));
  write_edits(json, device.edits);
  json.end_object();
}

}  // namespace

std::string format_cdi(const CdiSpec& spec) {
  JsonWriter json("  ");
  json.begin_object();
  json.member("cdiVersion", std::string_view(spec.version));
  json.member("kind", std::string_view(spec.kind));
  write_list(json, "devices", spec.devices, write_device);
  write_edits(json, spec.edits);
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace ocirt::nvidia
