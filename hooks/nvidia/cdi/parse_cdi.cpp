// Reads specifications of CDI.
#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "hooks/nvidia/cdi/spec.h"
#include "hooks/nvidia/cdi/yaml.h"

namespace ocirt::nvidia {

namespace {

using Json = nlohmann::json;

// Reads an object's members one by one; what is left in the end is new to us.
class Members {
 public:
  Members(const Json& json, std::string where, CdiSpec& spec)
      : json_(json), where_(std::move(where)), spec_(spec) {
    if (!json.is_object() && !json.is_null()) fail("has to be an object");
  }

  void text(const char* key, std::string& into) {
    if (const Json* value = find(key)) {
      if (!value->is_string()) return fail_at(key, "has to be text");
      into = value->get_ref<const std::string&>();
    }
  }

  void text(const char* key, std::optional<std::string>& into) {
    if (find(key) != nullptr) text(key, into.emplace());
  }

  void truth(const char* key, std::optional<bool>& into) {
    if (const Json* value = find(key)) {
      if (!value->is_boolean()) return fail_at(key, "has to be true or false");
      into = value->get<bool>();
    }
  }

  void texts(const char* key, std::vector<std::string>& into) {
    for (const Json& value : list(key)) {
      if (!value.is_string()) return fail_at(key, "has to be a list of texts");
      into.push_back(value.get_ref<const std::string&>());
    }
  }

  template <typename T>
  void number(const char* key, std::optional<T>& into) {
    if (const Json* value = find(key)) {
      if (!fits<T>(*value)) return fail_at(key, "has to be a number in range");
      into = value->get<T>();
    }
  }

  void numbers(const char* key, std::vector<uint32_t>& into) {
    for (const Json& value : list(key)) {
      if (!fits<uint32_t>(value)) return fail_at(key, "has to be a list of numbers");
      into.push_back(value.get<uint32_t>());
    }
  }

  const Json& list(const char* key) {
    static const Json kNothing = Json::array();
    const Json* value = find(key);
    if (value == nullptr) return kNothing;
    if (value->is_array()) return *value;
    fail_at(key, "has to be a list");
    return kNothing;
  }

  /// Known, and of no use to a container.
  const Json* find(const char* key) {
    known_.emplace_back(key);
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(key);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }

  [[nodiscard]] std::string at(std::string_view key) const {
    return fmt::format("{}/{}", where_, key);
  }

  Result<> finish() {
    if (!problem_.empty()) return make_error(ErrorKind::InvalidConfig, problem_);
    if (!json_.is_object()) return {};
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        spec_.warnings.push_back(fmt::format("{} is not known here", at(key)));
      }
    }
    return {};
  }

 private:
  template <typename T>
  static bool fits(const Json& value) {
    if (!value.is_number_integer()) return false;
    if (value.is_number_unsigned() &&
        value.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return false;
    }
    const auto number = value.get<int64_t>();
    return number >= static_cast<int64_t>(std::numeric_limits<T>::min()) &&
           number <= static_cast<int64_t>(std::numeric_limits<T>::max());
  }

  void fail(std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("{} {}", where_.empty() ? "it" : where_, what);
  }
  void fail_at(std::string_view key, std::string_view what) {
    if (problem_.empty()) problem_ = fmt::format("{} {}", at(key), what);
  }

  const Json& json_;
  std::string where_;
  CdiSpec& spec_;
  std::vector<std::string> known_;
  std::string problem_;
};

Result<CdiNode> parse_node(const Json& json, const std::string& where, CdiSpec& spec) {
  CdiNode node;
  Members members(json, where, spec);
  members.text("path", node.path);
  members.text("hostPath", node.host_path);
  members.text("type", node.type);
  members.number("major", node.major);
  members.number("minor", node.minor);
  members.number("fileMode", node.file_mode);
  members.text("permissions", node.permissions);
  members.number("uid", node.uid);
  members.number("gid", node.gid);
  TRY(members.finish());
  return node;
}

Result<CdiMount> parse_mount(const Json& json, const std::string& where, CdiSpec& spec) {
  CdiMount mount;
  Members members(json, where, spec);
  members.text("hostPath", mount.host_path);
  members.text("containerPath", mount.container_path);
  members.texts("options", mount.options);
  members.text("type", mount.type);
  TRY(members.finish());
  return mount;
}

Result<CdiHook> parse_hook(const Json& json, const std::string& where, CdiSpec& spec) {
  CdiHook hook;
  Members members(json, where, spec);
  members.text("hookName", hook.name);
  members.text("path", hook.path);
  members.texts("args", hook.args);
  members.texts("env", hook.env);
  members.number("timeout", hook.timeout);
  TRY(members.finish());
  return hook;
}

Result<CdiNetDevice> parse_net_device(const Json& json, const std::string& where, CdiSpec& spec) {
  CdiNetDevice device;
  Members members(json, where, spec);
  members.text("hostInterfaceName", device.host_name);
  members.text("name", device.name);
  TRY(members.finish());
  return device;
}

Result<spec::IntelRdt> parse_intel_rdt(const Json& json, const std::string& where, CdiSpec& spec) {
  spec::IntelRdt rdt;
  Members members(json, where, spec);
  members.text("closID", rdt.clos_id);
  members.text("l3CacheSchema", rdt.l3_cache_schema);
  members.text("memBwSchema", rdt.mem_bw_schema);
  members.texts("schemata", rdt.schemata);
  members.truth("enableMonitoring", rdt.enable_monitoring);
  TRY(members.finish());
  return rdt;
}

Result<ContainerEdits> parse_edits(const Json* json, const std::string& where, CdiSpec& spec) {
  ContainerEdits edits;
  if (json == nullptr) return edits;
  Members members(*json, where, spec);
  members.texts("env", edits.env);
  for (const Json& node : members.list("deviceNodes")) {
    edits.nodes.push_back(TRY(parse_node(node, members.at("deviceNodes"), spec)));
  }
  for (const Json& mount : members.list("mounts")) {
    edits.mounts.push_back(TRY(parse_mount(mount, members.at("mounts"), spec)));
  }
  for (const Json& hook : members.list("hooks")) {
    edits.hooks.push_back(TRY(parse_hook(hook, members.at("hooks"), spec)));
  }
  for (const Json& device : members.list("netDevices")) {
    edits.net_devices.push_back(TRY(parse_net_device(device, members.at("netDevices"), spec)));
  }
  if (const Json* rdt = members.find("intelRdt")) {
    edits.intel_rdt = TRY(parse_intel_rdt(*rdt, members.at("intelRdt"), spec));
  }
  members.numbers("additionalGids", edits.additional_gids);
  TRY(members.finish());
  return edits;
}

bool is_word(std::string_view text, std::string_view also) {
  const auto is_alnum = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || also.find(c) != std::string_view::npos; });
}

bool is_kind(std::string_view kind) {
  const size_t slash = kind.find('/');
  return slash != std::string_view::npos && is_word(kind.substr(0, slash), "-_.") &&
         is_word(kind.substr(slash + 1), "-_.");
}

}  // namespace

std::optional<CdiName> parse_cdi_name(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || !is_kind(text.substr(0, equals)) ||
      !is_word(text.substr(equals + 1), "-_.:")) {
    return std::nullopt;
  }
  return CdiName{.kind = std::string(text.substr(0, equals)),
                 .device = std::string(text.substr(equals + 1))};
}

Result<CdiSpec> parse_cdi(std::string_view text) {
  Json json;
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos &&
      text[text.find_first_not_of(" \t\r\n")] == '{') {
    json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) return make_error(ErrorKind::InvalidConfig, "it is no JSON");
  } else {
    json = TRY(parse_yaml(text));
  }
  CdiSpec spec;
  Members members(json, "", spec);
  members.text("cdiVersion", spec.version);
  members.text("kind", spec.kind);
  (void)members.find("annotations");  // notes for other tools
  for (const Json& entry : members.list("devices")) {
    CdiDevice device;
    Members of_device(entry, "/devices", spec);
    of_device.text("name", device.name);
    (void)of_device.find("annotations");  // likewise
    const Json* edits = of_device.find("containerEdits");
    device.edits = TRY(parse_edits(edits, "/devices/containerEdits", spec));
    TRY(of_device.finish());
    spec.devices.push_back(std::move(device));
  }
  spec.edits = TRY(parse_edits(members.find("containerEdits"), "/containerEdits", spec));
  TRY(members.finish());
  if (spec.version.empty()) return make_error(ErrorKind::InvalidConfig, "/cdiVersion is missing");
  if (!is_kind(spec.kind)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("/kind \"{}\" has to be like \"vendor.com/class\"", spec.kind));
  }
  return spec;
}

}  // namespace ocirt::nvidia
