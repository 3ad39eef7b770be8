// Finds the driver and the GPUs of this host, without opening a GPU: that would start it, which
// takes seconds where no persistence daemon keeps it running.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/plan/driver.h"
#include "hooks/nvidia/plan/request.h"

namespace ocirt::nvidia {

/// All that the host has of NVIDIA's driver.
///
/// Errors: NotFound, where no driver is loaded.
Result<Driver> discover(const HostView& view);

/// The UUIDs of slices (MIG), if the request names one: only an opened GPU tells them, so
/// nvidia-smi is asked.
///
/// Errors: NotFound, without nvidia-smi; System, where it fails.
Result<> learn_slices(const Request& request, Driver& driver);

/// What the administrator has set for NVIDIA's toolkit.
Settings read_settings(const sys::RootDir& host);

/// The driver's user space is where the settings say.
Result<> use_driver_root(HostView& view, const Settings& settings);

/// The driver's parameters; nothing where they don't lie on the kernel's own procfs, since then a
/// container doesn't have them either.
std::optional<std::string> read_params(const sys::RootDir& host);

// Its parts, each in a file of its own.

/// driver.libraries, driver.other_versions: by driver.version.
void find_libraries(const HostView& view, Driver& driver);

/// driver.gpus and all device nodes.
void find_devices(const HostView& view, Driver& driver);

}  // namespace ocirt::nvidia
