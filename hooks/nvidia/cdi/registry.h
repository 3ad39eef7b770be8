// The specifications of CDI on this host.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "hooks/nvidia/cdi/spec.h"
#include "hooks/nvidia/host/host_view.h"

namespace ocirt::nvidia {

/// A specification, and where it was read.
struct CdiFile {
  std::string directory;
  std::string path;
  CdiSpec spec;
};

struct CdiRegistry {
  std::vector<CdiFile> files;         // of later directories first: theirs win
  std::vector<std::string> warnings;  // of files that can't be read
};

/// /etc/cdi and /var/run/cdi, of which the second wins; for whoever isn't the host's root also
/// $XDG_CONFIG_HOME/cdi (~/.config/cdi) and $XDG_RUNTIME_DIR/cdi. Root never reads those, which may
/// be of the user that it was before.
std::vector<std::string> default_cdi_directories();

/// Reads all "*.json" and "*.yaml" of the directories; what can't be read is left out, and said.
CdiRegistry read_cdi(const HostView& host, std::span<const std::string> directories);

/// Why edits are of another time than this host: a file of theirs is gone, or a device has another
/// number. Empty: they are sound.
std::string find_staleness(const HostView& host, const ContainerEdits& edits);

/// The same of all edits of a specification.
std::string find_staleness(const HostView& host, const CdiSpec& spec);

/// What the names of devices ask for.
struct CdiSelection {
  /// Of each specification its own edits, once, and those of the chosen devices; in the registry.
  std::vector<const ContainerEdits*> edits;
  /// Of "nvidia.com/gpu=...", what no sound specification has: for discovery, which is never stale.
  std::vector<std::string> gpus;
  std::vector<std::string> warnings;
};

/// Errors: InvalidConfig for a name that is none; NotFound for one that no specification has;
/// BadState for edits of another time. Each with a hint.
Result<CdiSelection> select_devices(const HostView& host, const CdiRegistry& registry,
                                    std::span<const std::string> names);

}  // namespace ocirt::nvidia
