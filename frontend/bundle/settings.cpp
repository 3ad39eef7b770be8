// What containers.conf says. Pure.
#include "frontend/bundle/settings.h"

#include <fmt/core.h>

namespace ocirt::bundle {

namespace {

using nlohmann::json;

// One table of one file.
class Table {
 public:
  Table(const SettingsFile& file, const char* name) : file_(file), name_(name) {
    const auto found = file.document.find(name);
    if (found != file.document.end() && found->is_object()) table_ = &*found;
  }

  Result<> read(const char* key, std::string& to) const {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) return wrong(key, "a string");
    to = value->get<std::string>();
    return {};
  }

  Result<> read(const char* key, bool& to) const {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_boolean()) return wrong(key, "true or false");
    to = value->get<bool>();
    return {};
  }

  template <typename Number>
  Result<> read_number(const char* key, Number& to) const {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_number_integer()) return wrong(key, "a whole number");
    to = value->get<Number>();
    return {};
  }

  // A list: {append=true} at its end adds it to what is there (containers.conf(5), "Appending").
  Result<> read(const char* key, std::vector<std::string>& to) const {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_array()) return wrong(key, "a list of strings");
    bool appends = false;
    std::vector<std::string> list;
    for (const json& each : *value) {
      if (each.is_object() && each.contains("append")) {
        appends = each["append"] == true;
      } else if (each.is_string()) {
        list.push_back(each.get<std::string>());
      } else {
        return wrong(key, "a list of strings");
      }
    }
    if (!appends) to.clear();
    to.insert(to.end(), list.begin(), list.end());
    return {};
  }

  [[nodiscard]] const json* find(const char* key) const {
    if (table_ == nullptr) return nullptr;
    const auto found = table_->find(key);
    return found == table_->end() ? nullptr : &*found;
  }

  [[nodiscard]] Error wrong(const char* key, const char* what) const {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("{}: {} of [{}] is not {}", file_.path, key, name_, what));
  }

 private:
  const SettingsFile& file_;
  const char* name_;
  const json* table_ = nullptr;
};

Result<> read_containers(const Table& table, Settings& to) {
  TRY(table.read("annotations", to.annotations));
  TRY(table.read("default_capabilities", to.capabilities));
  TRY(table.read("default_sysctls", to.sysctls));
  TRY(table.read("default_ulimits", to.limits));
  TRY(table.read("devices", to.devices));
  TRY(table.read("dns_servers", to.dns_servers));
  TRY(table.read("dns_searches", to.dns_searches));
  TRY(table.read("dns_options", to.dns_options));
  TRY(table.read("env", to.environment));
  TRY(table.read("mounts", to.mounts));
  TRY(table.read("volumes", to.volumes));
  TRY(table.read("cgroupns", to.cgroup_namespace));
  TRY(table.read("cgroups", to.cgroups));
  TRY(table.read("ipcns", to.ipc_namespace));
  TRY(table.read("netns", to.network_namespace));
  TRY(table.read("pidns", to.pid_namespace));
  TRY(table.read("userns", to.user_namespace));
  TRY(table.read("utsns", to.uts_namespace));
  TRY(table.read("env_host", to.environment_host));
  TRY(table.read("http_proxy", to.http_proxy));
  TRY(table.read("init", to.init));
  TRY(table.read("init_path", to.init_path));
  TRY(table.read("log_driver", to.log_driver));
  TRY(table.read_number("log_size_max", to.log_size_most));
  TRY(table.read("log_tag", to.log_tag));
  TRY(table.read("no_hosts", to.no_hosts));
  if (table.find("oom_score_adj") != nullptr) {
    int value = 0;
    TRY(table.read_number("oom_score_adj", value));
    to.oom_score_adj = value;
  }
  TRY(table.read_number("pids_limit", to.pids_limit));
  TRY(table.read("privileged", to.privileged));
  TRY(table.read("read_only", to.read_only));
  TRY(table.read("seccomp_profile", to.seccomp_profile));
  TRY(table.read("shm_size", to.shm_size));
  TRY(table.read("tz", to.timezone));
  TRY(table.read("umask", to.umask));
  return {};
}

Result<> read_engine(const SettingsFile& file, Settings& to) {
  const Table table(file, "engine");
  TRY(table.read("cgroup_manager", to.cgroup_manager));
  TRY(table.read("cdi_spec_dirs", to.cdi_directories));
  TRY(table.read("detach_keys", to.detach_keys));
  TRY(table.read("helper_binaries_dir", to.helper_directories));
  TRY(table.read("hooks_dir", to.hooks_directories));
  TRY(table.read("pull_policy", to.pull_policy));
  TRY(table.read("runtime", to.runtime));
  TRY(table.read_number("stop_timeout", to.stop_timeout_s));
  const json* runtimes = table.find("runtimes");
  if (runtimes == nullptr) return {};
  if (!runtimes->is_object()) return table.wrong("runtimes", "a table");
  const SettingsFile inner = {.path = file.path, .document = {{"engine.runtimes", *runtimes}}};
  const Table names(inner, "engine.runtimes");
  for (const auto& [name, paths] : runtimes->items()) {
    TRY(names.read(name.c_str(), to.runtimes[name]));
  }
  return {};
}

Result<> read_network(const Table& table, Settings& to) {
  TRY(table.read("default_network", to.default_network));
  TRY(table.read("network_config_dir", to.network_config_directory));
  TRY(table.read("default_rootless_network_cmd", to.rootless_network));
  TRY(table.read("pasta_options", to.pasta_options));
  TRY(table.read("netavark_plugin_dirs", to.netavark_directories));
  TRY(table.read_number("dns_bind_port", to.dns_bind_port));
  return {};
}

}  // namespace

Result<Settings> parse_settings(std::span<const SettingsFile> files) {
  Settings settings;
  for (const SettingsFile& file : files) {
    TRY(read_containers(Table(file, "containers"), settings));
    TRY(read_engine(file, settings));
    TRY(read_network(Table(file, "network"), settings));
  }
  return settings;
}

}  // namespace ocirt::bundle
