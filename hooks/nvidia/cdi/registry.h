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
  std::string path;
  CdiSpec spec;
};

struct CdiRegistry {
  std::vector<CdiFile> files;         // of later directories first: theirs win
  std::vector<std::string> warnings;  // of files that can't be read
};

/// /etc/cdi and /var/run/cdi, of which the second wins.
std::vector<std::string> default_cdi_directories();

/// Reads all "*.json" and "*.yaml" of the directories; what can't be read is left out, and said.
CdiRegistry read_cdi(const HostView& host, std::span<const std::string> directories);

/// Why a specification is of another time than this host: a file of it is gone, or a device has
/// another number. Empty: it is sound.
std::string find_staleness(const HostView& host, const CdiSpec& spec);

}  // namespace ocirt::nvidia
