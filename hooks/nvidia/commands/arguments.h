// The command line of ocirt-nvidia-hook.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/nvidia/host/host_view.h"
#include "hooks/nvidia/plan/request.h"

namespace ocirt::nvidia {

struct Arguments {
  std::vector<std::string> words;  // the verb, and what follows it
  HostRoots roots;
  Trust trust = Trust::Annotation;
  std::string gpus = "all";
  bool has_gpus = false;
  std::string rootfs;  // of `plan`
  std::string output;  // of `cdi generate`; empty: stdout
  std::vector<std::string> spec_directories;
  bool hook_free = false;        // of `cdi generate`
  bool without_devices = false;  // of the stages: an engine has given them
  bool help = false;
};

/// Errors: InvalidConfig, naming the word.
Result<Arguments> parse_arguments(std::span<const std::string> arguments);

/// The options, for `--help`.
std::string describe_options();

}  // namespace ocirt::nvidia
