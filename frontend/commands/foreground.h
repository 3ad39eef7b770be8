// A container in the foreground: what run, start --attach and attach have in common.
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/commands/containers.h"
#include "frontend/containers/attach_client.h"

namespace ocirt::frontend {

struct Foreground {
  bool input = false;  // our stdin is the container's
  bool output = true;
  bool errors = true;
  bool signal_proxy = true;
  std::string detach_keys;
};

/// How the client copies: of the line's --detach-keys, of containers.conf otherwise.
Result<std::string> detach_keys_of(const Containers& containers, const Line& line);

/// Starts a container that was launched, copies until its end, finishes it, and returns its exit
/// code; 0 after detaching. `lock` is let go when the container runs.
Result<int> run_in_foreground(const containers::Engine& engine, const model::Record& record,
                              const containers::Launched& launched, UniqueFd lock,
                              const Foreground& how);

/// Copies for a container that runs. Returns how that ended.
Result<containers::AttachEnd> copy_for(const containers::Engine& engine,
                                       const model::Record& record,
                                       containers::AttachClient& client, const Foreground& how);

/// The exit code of a container whose run is over.
int exit_code_of(const containers::Engine& engine, const std::string& id);

}  // namespace ocirt::frontend
