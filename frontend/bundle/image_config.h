// What an image's configuration says of containers made of it. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::bundle {

/// The member "config" of an OCI or Docker image configuration. Absent with --rootfs: all empty.
struct ImageConfig {
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "K=V"
  std::string workdir;
  std::string user;
  std::string stop_signal;
  std::vector<std::string> volumes;        // destinations
  std::vector<std::string> exposed_ports;  // "80/tcp"
  std::map<std::string, std::string> labels;
  std::optional<model::HealthCheck> health;  // Docker's alone
  friend bool operator==(const ImageConfig&, const ImageConfig&) = default;
};

/// Errors: InvalidConfig for what isn't JSON, or has members of a wrong type.
Result<ImageConfig> parse_image_config(std::string_view json);

}  // namespace ocirt::bundle
