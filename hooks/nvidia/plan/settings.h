// What an administrator has set for NVIDIA's own toolkit, as far as it makes sense here. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

/// Where NVIDIA's toolkit has its configuration.
constexpr const char* kSettingsPath = "/etc/nvidia-container-runtime/config.toml";

/// Keys of config.toml. The defaults are those of a host without the file.
struct Settings {
  std::string driver_root;             // nvidia-container-cli.root; empty: not set
  bool disable_require = false;        // disable-require
  std::string supported_capabilities;  // supported-driver-capabilities; empty: all
  /// accept-nvidia-visible-devices-envvar-when-unprivileged
  bool accepts_environment = true;
  bool accepts_mounts = false;               // accept-nvidia-visible-devices-as-volume-mounts
  std::vector<std::string> swarm_resources;  // swarm-resource: names of variables
  bool ignores_imex = false;                 // features.ignore-imex-channel-requests
  bool ignores_compat = false;               // features.disable-cuda-compat-lib-hook
  /// Keys of the file that mean nothing here, and why, for a person: "no-cgroups: ...".
  std::vector<std::string> ignored;
  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Reads config.toml. What is no line of "key = value" that we know is passed over: the file is
/// another program's.
Settings parse_settings(std::string_view text);

}  // namespace ocirt::nvidia
