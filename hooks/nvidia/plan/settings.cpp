// Reads the keys of NVIDIA's config.toml that mean something here. Pure.
#include "hooks/nvidia/plan/settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

struct Key {
  std::string_view name;  // with the table: "nvidia-container-cli.root"
  void (*apply)(Settings& settings, std::string_view value);
};

bool is_true(std::string_view value) {
  return value == "true";
}

constexpr Key kKeys[] = {
    {"nvidia-container-cli.root",
     [](Settings& to, std::string_view value) { to.driver_root = value; }},
    {"disable-require",
     [](Settings& to, std::string_view value) { to.disable_require = is_true(value); }},
    {"supported-driver-capabilities",
     [](Settings& to, std::string_view value) { to.supported_capabilities = value; }},
    {"accept-nvidia-visible-devices-envvar-when-unprivileged",
     [](Settings& to, std::string_view value) { to.accepts_environment = value != "false"; }},
    {"accept-nvidia-visible-devices-as-volume-mounts",
     [](Settings& to, std::string_view value) { to.accepts_mounts = is_true(value); }},
    {"swarm-resource",
     [](Settings& to, std::string_view value) {
       while (!value.empty()) {
         const size_t end = std::min(value.find(','), value.size());
         const std::string_view name = trimmed(value.substr(0, end));
         if (!name.empty()) to.swarm_resources.emplace_back(name);
         value.remove_prefix(std::min(end + 1, value.size()));
       }
     }},
    {"features.ignore-imex-channel-requests",
     [](Settings& to, std::string_view value) { to.ignores_imex = is_true(value); }},
    {"features.disable-cuda-compat-lib-hook",
     [](Settings& to, std::string_view value) { to.ignores_compat = is_true(value); }},
};

struct IgnoredKey {
  std::string_view name;
  std::string_view reason;
};

// Those that people set to cure something, and expect an effect of.
constexpr IgnoredKey kIgnored[] = {
    {"nvidia-container-cli.no-cgroups", "device rules are set where they can be, without a switch"},
    {"nvidia-container-cli.ldconfig", "ldconfig is not run"},
    {"nvidia-container-cli.user", "nothing runs as another user"},
    {"nvidia-container-cli.load-kmods", "modules are not loaded; nvidia-modprobe does that"},
    {"nvidia-container-cli.environment", "there is no nvidia-container-cli"},
    {"nvidia-container-cli.path", "there is no nvidia-container-cli"},
    {"nvidia-container-cli.ldcache", "the driver is found in the usual directories first"},
    {"nvidia-container-runtime.mode", "there is one way, and CDI where it is asked for"},
    {"nvidia-container-runtime.runtimes", "the runtime is the one that was called"},
    {"features.allow-cuda-compat-libs-from-container", "nothing of an image is mounted"},
    {"features.allow-ldconfig-from-container", "ldconfig is not run"},
};

// The text of a string, or the word as it stands; without a comment behind it.
std::string_view value_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('"') || text.starts_with('\'')) {
    const size_t end = text.find(text.front(), 1);
    return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
  }
  return trimmed(text.substr(0, text.find('#')));
}

}  // namespace

Settings parse_settings(std::string_view text) {
  Settings settings;
  std::string table;
  for (const std::string_view raw : lines_of(text)) {
    const std::string_view line = trimmed(raw);
    if (line.starts_with('[')) {
      table = std::string(trimmed(line.substr(1, line.find(']') - 1))) + '.';
      continue;
    }
    const size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string name = table + std::string(trimmed(line.substr(0, equals)));
    for (const Key& key : kKeys) {
      if (key.name == name) key.apply(settings, value_of(line.substr(equals + 1)));
    }
    for (const IgnoredKey& key : kIgnored) {
      if (key.name == name) settings.ignored.push_back(fmt::format("{}: {}", name, key.reason));
    }
  }
  return settings;
}

}  // namespace ocirt::nvidia
