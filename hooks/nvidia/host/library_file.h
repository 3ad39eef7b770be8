// Reads what we must know of a library from its open file.
#pragma once

#include "base/result.h"
#include "hooks/nvidia/plan/elf.h"

namespace ocirt::nvidia {

/// read_elf() of a regular file. Errors: InvalidConfig, for any other file as well.
Result<ElfFacts> read_library(int fd, ElfParts parts);

}  // namespace ocirt::nvidia
