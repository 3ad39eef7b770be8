// Finds the driver and the GPUs of this host, without opening a GPU: that would start it, which
// takes seconds where no persistence daemon keeps it running.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

/// All that the host has of NVIDIA's driver.
///
/// Errors: NotFound, where no driver is loaded.
Result<Driver> discover(const HostView& view);

// Its parts, each in a file of its own.

/// driver.libraries, driver.other_versions: by driver.version.
void find_libraries(const HostView& view, Driver& driver);

/// driver.gpus and all device nodes.
void find_devices(const HostView& view, Driver& driver);

}  // namespace ocirt::nvidia
