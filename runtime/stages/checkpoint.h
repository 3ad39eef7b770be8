// Writes a container's processes into files, through CRIU. Runs in: the `checkpoint` process.
#pragma once

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/criu_request.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"
#include "spec/config.h"

namespace ocirt::stages {

inline constexpr const char* kCriuConfigFile = "/etc/criu/ocirt.conf";

struct CheckpointRequest {
  plan::CriuOptions options;
  HostPath images;
  HostPath work;  // empty: the same
};

/// Dumps the container. Its processes are gone afterwards, unless the options say otherwise; after
/// an error they run on.
Result<> checkpoint(const CheckpointRequest& request, const store::State& state, const Live& live,
                    const spec::Config& config);

/// Where CRIU's options are read from that come before ours; empty: nowhere.
std::string criu_config_of(const std::map<std::string, std::string>& annotations);

}  // namespace ocirt::stages
