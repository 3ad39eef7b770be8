// Adds a process to a container that runs. Runs in: creator (the `exec` process).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/store/container_dir.h"
#include "spec/config.h"
#include "sys/process.h"

namespace ocirt::stages {

struct ExecRequest {
  plan::ExecOptions options;
  HostPath state_root;
  std::string console_socket;  // empty: none
  std::string pidfd_socket;
  std::string pid_file;
  std::string_view seccomp_source;  // the profile as it stands in the config; the cache's key
};

struct Executed {
  sys::Child process;
  UniqueFd terminal;  // master of its terminal, when nobody else took it
};

/// Runs `process` in the container, whose config was `config` when it was made; returns when execve
/// worked.
Result<Executed> execute_in(const ExecRequest& request, const store::Found& container,
                            const sys::Pidfd& init, const spec::Config& config,
                            const spec::Process& process);

}  // namespace ocirt::stages
