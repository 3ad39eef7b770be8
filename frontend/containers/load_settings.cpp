// Finds and reads containers.conf.
#include "frontend/containers/load_settings.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "frontend/registry/conf_files.h"
#include "frontend/registry/toml.h"

namespace ocirt::containers {

namespace {

constexpr const char* kName = "containers.conf";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// In the order in which they count: containers.conf(5).
std::vector<std::string> paths() {
  std::vector<std::string> all;
  if (std::string only = variable("CONTAINERS_CONF"); !only.empty()) {
    all.push_back(std::move(only));
  } else {
    all.push_back(std::string("/usr/share/containers/") + kName);
    all.push_back(std::string("/etc/containers/") + kName);
    const registry::ConfFiles files = registry::find_conf_files(kName, {});
    all.insert(all.end(), files.drop_ins.begin(), files.drop_ins.end());
    if (files.main != all[1]) all.push_back(files.main);
  }
  if (std::string last = variable("CONTAINERS_CONF_OVERRIDE"); !last.empty()) {
    all.push_back(std::move(last));
  }
  return all;
}

// What podman passes on into containers.
std::vector<std::string> proxies() {
  static constexpr std::array<const char*, 8> kNames = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                                        "HTTPS_PROXY", "ftp_proxy",  "FTP_PROXY",
                                                        "no_proxy",    "NO_PROXY"};
  std::vector<std::string> all;
  for (const char* name : kNames) {
    const std::string value = variable(name);
    if (!value.empty()) all.push_back(std::string(name) + '=' + value);
  }
  return all;
}

}  // namespace

Result<bundle::Settings> load_settings() {
  std::vector<bundle::SettingsFile> files;
  for (const std::string& path : paths()) {
    const std::optional<std::string> text = TRY(registry::read_conf_file(path));
    if (!text) continue;
    Result<nlohmann::json> document = registry::parse_toml(*text);
    if (!document) {
      Error error = std::move(document).error();
      error.text = fmt::format("{}: {}", path, error.text);
      return error;
    }
    files.push_back({.path = path, .document = std::move(*document)});
  }
  bundle::Settings settings = TRY(bundle::parse_settings(files));
  settings.proxies = proxies();
  return settings;
}

}  // namespace ocirt::containers
