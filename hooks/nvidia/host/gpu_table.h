// Which container holds which of this host's GPUs: what `ocictl gpu ls` shows.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

struct RunningContainer {
  std::string name;
  pid_t pid = 0;  // of its first process, as we see it
};

struct GpuRow {
  Gpu gpu;
  std::string trouble;                  // why we can't use it; empty: we can
  std::vector<std::string> containers;  // that have its node
};

struct GpuTable {
  std::string driver_version;
  std::vector<GpuRow> rows;
  std::vector<std::string> unknown;  // containers that we may not look into
};

/// The GPUs, and who holds them. A container holds a GPU if its root has the GPU's node, whoever
/// gave it: an annotation, a hook, an engine.
///
/// Errors: those of discover().
Result<GpuTable> make_gpu_table(const HostView& host, std::span<const RunningContainer> containers);

}  // namespace ocirt::nvidia
