// All verbs of ocictl. Each is defined in the file of its name.
#pragma once

#include "frontend/commands/command_line.h"

namespace ocirt::frontend {

extern const Verb kAttach;
extern const Verb kCommit;
extern const Verb kCompletion;
extern const Verb kContainerCleanup;
extern const Verb kContainerExists;
extern const Verb kContainerInspect;
extern const Verb kContainerPrune;
extern const Verb kCp;
extern const Verb kCreate;
extern const Verb kDiff;
extern const Verb kDoctor;
extern const Verb kEvents;
extern const Verb kExec;
extern const Verb kExport;
extern const Verb kGpuLs;
extern const Verb kHealthWatch;
extern const Verb kHealthcheckRun;
extern const Verb kHistory;
extern const Verb kImageExists;
extern const Verb kImageInspect;
extern const Verb kImagePrune;
extern const Verb kImageVerify;
extern const Verb kImages;
extern const Verb kImport;
extern const Verb kInfo;
extern const Verb kInspect;
extern const Verb kKill;
extern const Verb kLoad;
extern const Verb kLogin;
extern const Verb kLogout;
extern const Verb kLogs;
extern const Verb kNetworkCreate;
extern const Verb kNetworkExists;
extern const Verb kNetworkInspect;
extern const Verb kNetworkLs;
extern const Verb kNetworkPrune;
extern const Verb kNetworkRm;
extern const Verb kPause;
extern const Verb kPort;
extern const Verb kPs;
extern const Verb kPull;
extern const Verb kPush;
extern const Verb kRename;
extern const Verb kRestart;
extern const Verb kRm;
extern const Verb kRmi;
extern const Verb kRun;
extern const Verb kSave;
extern const Verb kStart;
extern const Verb kStats;
extern const Verb kStop;
extern const Verb kSystemDf;
extern const Verb kSystemMigrate;
extern const Verb kSystemPrune;
extern const Verb kSystemReset;
extern const Verb kSystemShare;
extern const Verb kTag;
extern const Verb kTop;
extern const Verb kUnpause;
extern const Verb kUntag;
extern const Verb kUpdate;
extern const Verb kVersion;
extern const Verb kVolumeCreate;
extern const Verb kVolumeExists;
extern const Verb kVolumeInspect;
extern const Verb kVolumeLs;
extern const Verb kVolumePrune;
extern const Verb kVolumeRm;
extern const Verb kWait;

}  // namespace ocirt::frontend
