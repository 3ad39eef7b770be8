// The tables that describe every struct of config.h: keys, presence and section of the spec.
#pragma once

#include "spec/type.h"

namespace ocirt::spec {

/// The documents that are read on their own.
const Type& config_type();
const Type& process_type();
const Type& resources_type();
const Type& overlay_root_type();

/// The type of /linux/seccomp.
const Type& seccomp_type();

}  // namespace ocirt::spec
