// NVIDIA's own hooks of CDI, done by us: their programs are not run, nor even needed.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/nvidia/plan/plan.h"
#include "spec/config.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// The program that a hook calls is NVIDIA's: nvidia-cdi-hook, or nvidia-ctk with "hook".
bool is_nvidia_hook(const spec::Hook& hook);

/// What hooks of NVIDIA ask for, all together.
struct HookRequests {
  std::vector<PlannedLink> links;
  std::vector<std::string> lib_directories;  // whose libraries go into the loader's cache
  std::string compat_for;  // the host's driver, that the image's newer libcuda has to run on
  bool masks_params = false;
  friend bool operator==(const HookRequests&, const HookRequests&) = default;
};

/// Reads one hook's words into `requests`. False where any of them is new to us: then the hook is
/// to be run as it stands. Pure.
bool read_nvidia_hook(const spec::Hook& hook, HookRequests& requests);

/// Takes the createContainer hooks of NVIDIA that we can do out of the config, and adds what they
/// stand for to the plan. The libraries are those that the config mounts into the directories.
void take_nvidia_hooks(const sys::RootDir& host, const sys::RootDir& rootfs, spec::Config& config,
                       Plan& plan);

}  // namespace ocirt::nvidia
