// Where a container's files lie, and the programs that it is run by.
#pragma once

#include <string>

#include "base/result.h"
#include "frontend/network/network.h"

namespace ocirt::containers {

/// The two directories that everything lies in: frontend/model/record.h draws them.
struct Roots {
  std::string store;  // ROOT, which outlives a reboot
  std::string run;    // RUN, which needn't

  [[nodiscard]] std::string container(const std::string& id) const;      // ROOT/containers/ID
  [[nodiscard]] std::string run_directory(const std::string& id) const;  // RUN/ID
  [[nodiscard]] std::string runtime_state() const;                       // RUN/state
  [[nodiscard]] std::string recovery() const;                            // RUN/recovery
  [[nodiscard]] network::Directories directories(const std::string& id) const;
};

/// RUN if nobody names one: /run/ocictl, $XDG_RUNTIME_DIR/ocictl, or /tmp/ocictl-UID.
std::string default_run_root();

/// Makes RUN and checks that it is ours alone. Errors: Denied if it belongs to another user.
Result<> make_run_root(const std::string& run);

/// The programs that do the work, each by its absolute path.
struct Programs {
  std::string self;     // ocictl
  std::string runtime;  // ocirt, or what --runtime names
  std::string shim;     // ocirt-shim
};

/// Beside ocictl, then in PATH. `runtime` is what the user asked for; empty: ocirt.
/// Errors: NotFound.
Result<Programs> find_programs(const std::string& runtime);

/// This boot of the machine, as the kernel names it.
Result<std::string> boot_id();

}  // namespace ocirt::containers
