// The end of a container whose monitor was killed.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "frontend/containers/launch.h"

namespace ocirt::containers {

/// Is there a container that ended and has no record, since its monitor was killed before it?
bool is_orphan(const Roots& roots, const model::Record& record);

/// Has `ocirt-shim --recover` write the records of all such containers, while the kernel can tell
/// how they ended. It can only once init has been reaped, by whoever inherited it: waits for that,
/// `patience_ms` at most. Works with and without the container's lock.
void recover_ends(const Engine& engine, const model::Record& record, int64_t patience_ms);

}  // namespace ocirt::containers
