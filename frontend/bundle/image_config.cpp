// What an image's configuration says of containers made of it. Pure.
#include "frontend/bundle/image_config.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace ocirt::bundle {

namespace {

using nlohmann::json;

// Members are optional, and null means the same as absent: Docker writes it for empty lists.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  Result<> read(const char* name, std::string& to) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) return wrong(name, "a string");
    to = value->get<std::string>();
    return {};
  }

  Result<> read(const char* name, std::vector<std::string>& to) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_array()) return wrong(name, "a list of strings");
    for (const json& each : *value) {
      if (!each.is_string()) return wrong(name, "a list of strings");
      to.push_back(each.get<std::string>());
    }
    return {};
  }

  Result<> read(const char* name, std::map<std::string, std::string>& to) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_object()) return wrong(name, "an object of strings");
    for (const auto& [key, each] : value->items()) {
      if (!each.is_string()) return wrong(name, "an object of strings");
      to[key] = each.get<std::string>();
    }
    return {};
  }

  Result<> read(const char* name, int64_t& to) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_number_integer()) return wrong(name, "a whole number");
    to = value->get<int64_t>();
    return {};
  }

  // {"80/tcp": {}}: Go's way to write a set.
  Result<> read_keys(const char* name, std::vector<std::string>& to) const {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_object()) return wrong(name, "an object");
    for (const auto& [key, each] : value->items()) to.push_back(key);
    return {};
  }

  [[nodiscard]] const json* find(const char* name) const {
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  static Error wrong(const char* name, const char* what) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("image configuration: {} is not {}", name, what));
  }

 private:
  const json& object_;
};

Result<model::HealthCheck> read_health(const json& object) {
  if (!object.is_object()) return Members::wrong("Healthcheck", "an object");
  model::HealthCheck health;
  const Members members(object);
  int64_t retries = 0;
  TRY(members.read("Test", health.test));
  TRY(members.read("Interval", health.interval));
  TRY(members.read("Timeout", health.timeout));
  TRY(members.read("StartPeriod", health.start_period));
  TRY(members.read("Retries", retries));
  health.retries = static_cast<int>(retries);
  return health;
}

}  // namespace

Result<ImageConfig> parse_image_config(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) {
    return make_error(ErrorKind::InvalidConfig, "image configuration: not a JSON object");
  }
  ImageConfig config;
  const json* inner = Members(document).find("config");
  if (inner == nullptr) return config;
  if (!inner->is_object()) return Members::wrong("config", "an object");
  const Members members(*inner);
  TRY(members.read("Entrypoint", config.entrypoint));
  TRY(members.read("Cmd", config.command));
  TRY(members.read("Env", config.environment));
  TRY(members.read("WorkingDir", config.workdir));
  TRY(members.read("User", config.user));
  TRY(members.read("StopSignal", config.stop_signal));
  TRY(members.read_keys("Volumes", config.volumes));
  TRY(members.read_keys("ExposedPorts", config.exposed_ports));
  TRY(members.read("Labels", config.labels));
  if (const json* health = members.find("Healthcheck")) config.health = TRY(read_health(*health));
  return config;
}

}  // namespace ocirt::bundle
