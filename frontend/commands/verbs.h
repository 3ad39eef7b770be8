// All verbs of ocictl. Each is defined in the file of its name.
#pragma once

#include "frontend/commands/command_line.h"

namespace ocirt::frontend {

extern const Verb kImageExists;
extern const Verb kImages;
extern const Verb kImageInspect;
extern const Verb kPull;
extern const Verb kRmi;

}  // namespace ocirt::frontend
