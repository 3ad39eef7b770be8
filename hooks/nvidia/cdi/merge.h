// Puts what a specification of CDI says into a container's config.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/cdi/spec.h"
#include "hooks/nvidia/host/host_view.h"
#include "spec/config.h"

namespace ocirt::nvidia {

/// Adds edits to a config. What it has of the same name, a variable, a device's path or a mount's
/// destination, is replaced. Type and numbers of a device that the edits don't tell are the host's.
///
/// Errors: NotFound, for a device that the host doesn't have; InvalidConfig, for a hook of no
/// stage. Spec: https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md#oci-edits
Result<> merge_edits(const HostView& host, const ContainerEdits& edits, spec::Config& config);

}  // namespace ocirt::nvidia
