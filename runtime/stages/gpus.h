// GPUs and devices of CDI for a container, planned and given by the runtime itself: no hook, no
// further process. Runs in: creator. docs/decisions/0016 says when, and why here.
#pragma once

#include <string>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "runtime/plan/host_facts.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/create.h"

namespace ocirt::stages {

/// A file that is made in the state directory, and mounted into the container.
struct GpuFile {
  std::string name;
  std::string content;
  friend bool operator==(const GpuFile&, const GpuFile&) = default;
};

/// A plan, and the files that it mounts.
struct PlanWithGpus {
  plan::CreatePlan plan;
  std::vector<GpuFile> files;
  /// The config with all that was added, for the verbs that come later; empty: nothing was.
  std::string config_text;
};

/// plan::decide(), with the GPUs and devices that the config asks for (nvidia::give_devices()).
Result<PlanWithGpus> decide_with_gpus(const spec::Config& config, const plan::HostFacts& host,
                                      const CreateRequest& request);

/// Writes the files into the container's state directory.
Result<> write_gpu_files(int state_directory, const std::vector<GpuFile>& files);

}  // namespace ocirt::stages
