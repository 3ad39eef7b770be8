// Looks at an image: where its libraries are, which C library it has, and whether it brings CUDA's
// compatibility libraries.
#pragma once

#include "hooks/nvidia/plan/plan.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// Everything is looked up within `root`, and read with limits. What is strange counts as absent.
RootfsFacts look_at_rootfs(const sys::RootDir& root);

}  // namespace ocirt::nvidia
