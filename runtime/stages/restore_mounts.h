// Prepares what a restored container's mounts need of the host. Runs in: the `restore` process.
#pragma once

#include <vector>

#include "base/result.h"
#include "runtime/plan/criu_request.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/rootfs.h"

namespace ocirt::stages {

/// Makes the mount points that the rootfs lacks, as `create` would; CRIU only mounts. What lies in
/// a file system of the container's own is left to CRIU, which fills these.
///
/// Returns the sources of the mounts that come from the host, by all names that the images may have
/// for them: a destination that leads over a link is called by where it leads.
Result<std::vector<plan::CriuExternalMount>> prepare_mounts(const plan::RootfsPlan& plan,
                                                            const RootfsHandles& held);

}  // namespace ocirt::stages
