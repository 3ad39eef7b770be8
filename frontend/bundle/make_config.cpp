// Decides: a record becomes a config.json. Pure. This file is the table of contents.
#include "frontend/bundle/make_config.h"

#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;

// With --rootfs a directory of the user's; else an overlay of the image's layers and the
// container's own, which the runtime mounts inside the container.
void add_root(const Input& input, json& config) {
  const model::Record& record = input.record;
  const std::string& directory = input.host.places.directory;
  const bool is_read_only = record.request.read_only || input.settings.read_only;
  const bool has_layers = record.rootfs.empty();
  config["root"] = {{"path", has_layers ? directory + "/rootfs" : record.rootfs}};
  if (is_read_only) config["root"]["readonly"] = true;
  if (!has_layers) return;
  const json overlay = {{"lower", record.layers},
                        {"upper", directory + "/upper"},
                        {"work", directory + "/work"},
                        {"volatile", record.request.remove}};
  config["annotations"][kOverlayAnnotation] = overlay.dump();
}

// Words of containers.conf before those of the request. An image's labels never become any.
void add_annotations(const Input& input, json& config) {
  const model::Request& request = input.record.request;
  json annotations = json::object();
  for (const std::string& pair : input.settings.annotations) {
    const auto [key, value] = split_pair(pair, '=');
    annotations[std::string(key)] = value;
  }
  for (const auto& [key, value] : request.annotations) annotations[key] = value;
  annotations["io.container.manager"] = "ocictl";
  annotations["org.opencontainers.image.stopSignal"] = fmt::format("{}", input.record.stop_signal);
  if (request.gpus) annotations["io.ocirt.gpus"] = *request.gpus;
  std::string names;
  for (const model::RequestedDevice& device : request.devices) {
    if (!is_cdi_name(device.host)) continue;
    names += (names.empty() ? "" : ",") + device.host;
  }
  if (!names.empty()) {
    annotations["io.ocirt.devices"] = names;
    std::string directories;
    for (const std::string& each : input.settings.cdi_directories) {
      directories += (directories.empty() ? "" : ":") + each;
    }
    if (!directories.empty()) annotations["io.ocirt.cdi_spec_dirs"] = directories;
  }
  const bool keeps_groups = std::find(request.groups.begin(), request.groups.end(),
                                      "keep-groups") != request.groups.end();
  if (keeps_groups) annotations["run.oci.keep_original_groups"] = "1";
  config["annotations"] = std::move(annotations);
}

// The first id inside, 0, has one outside: with a single id and --userns=keep-id it hasn't.
bool has_group_zero(const json& linux_part) {
  const auto maps = linux_part.find("gidMappings");
  return maps == linux_part.end() || std::any_of(maps->begin(), maps->end(), [](const json& map) {
           return map.at("containerID") == 0;
         });
}

// Only of namespaces that are the container's own; the request's must be.
Result<json> make_sysctls(const Input& input, const Namespaces& namespaces,
                          const json& linux_part) {
  json sysctls = json::object();
  for (const std::string& pair : input.settings.sysctls) {
    const auto [key, value] = split_pair(pair, '=');
    // The kernel takes no group that the container lacks; containers.conf gives group 0 the right.
    if (key == "net.ipv4.ping_group_range" && !has_group_zero(linux_part)) continue;
    const bool is_of_network = key.starts_with("net.");
    const auto& owner = is_of_network ? namespaces.network : namespaces.ipc;
    if (owner.source == Namespaces::Source::Own) sysctls[std::string(key)] = value;
  }
  for (const auto& [key, value] : input.record.request.sysctls) sysctls[key] = value;
  return sysctls;
}

std::string cgroup_path(const Input& input) {
  const std::string& parent = input.record.request.cgroup_parent;
  if (parent.empty()) return {};  // the runtime's choice: below our own cgroup
  return fmt::format("{}/ocirt-{}", parent, input.record.id);
}

Result<json> make_linux(const Input& input, const Namespaces& namespaces) {
  json linux_part = json::object();
  linux_part["namespaces"] = print_namespaces(namespaces);
  TRY(add_id_mappings(input, namespaces, linux_part));
  linux_part["sysctl"] = TRY(make_sysctls(input, namespaces, linux_part));
  linux_part["resources"] = TRY(make_resources(input));
  linux_part["devices"] = TRY(make_devices(input));
  json seccomp = TRY(make_seccomp(input, TRY(decide_capabilities(input))));
  if (!seccomp.is_null()) linux_part["seccomp"] = std::move(seccomp);
  if (std::string path = cgroup_path(input); !path.empty()) linux_part["cgroupsPath"] = path;
  add_masks(input, linux_part);
  return linux_part;
}

}  // namespace

Result<json> make_config(const model::Record& record, const HostView& host,
                         const Settings& settings) {
  const Input input = {.record = record, .host = host, .settings = settings};
  json config = {{"ociVersion", "1.2.0"}};
  const Namespaces namespaces = TRY(decide_namespaces(input));
  add_annotations(input, config);
  add_root(input, config);
  config["process"] = TRY(make_process(input, namespaces));
  if (namespaces.uts.source == Namespaces::Source::Own) config["hostname"] = host_name_of(input);
  config["mounts"] = TRY(make_mounts(input, namespaces));
  config["linux"] = TRY(make_linux(input, namespaces));
  return config;
}

}  // namespace ocirt::bundle
