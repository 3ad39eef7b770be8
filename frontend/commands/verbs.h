// All verbs of ocictl. Each is defined in the file of its name.
#pragma once

#include "frontend/commands/command_line.h"

namespace ocirt::frontend {

extern const Verb kGpuLs;
extern const Verb kHistory;
extern const Verb kImageExists;
extern const Verb kImages;
extern const Verb kImageInspect;
extern const Verb kImagePrune;
extern const Verb kImageVerify;
extern const Verb kImport;
extern const Verb kLoad;
extern const Verb kLogin;
extern const Verb kLogout;
extern const Verb kPull;
extern const Verb kPush;
extern const Verb kRmi;
extern const Verb kSave;
extern const Verb kSystemDf;
extern const Verb kSystemPrune;
extern const Verb kSystemReset;
extern const Verb kTag;
extern const Verb kUntag;

}  // namespace ocirt::frontend
