// Which capability asks for which of the driver's files. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hooks/nvidia/plan/driver.h"

namespace ocirt::nvidia {

/// How a file of a library directory is to be had in a container.
struct LibraryMatch {
  std::string subdirectory;
  Capabilities serves = 0;
};

/// What `name` ("libcuda.so.580.159.03") is to the driver of `version`; nothing for a file of
/// another version, a link, or no library of the driver's. A library that is new to us, but bears
/// the driver's version, is taken for one of compute.
std::optional<LibraryMatch> match_library(std::string_view name, std::string_view version);

/// The version in "libcuda.so.570.124.06"; empty for other names.
std::string_view version_of_libcuda(std::string_view name);

struct KnownFile {
  std::string_view name;
  Capabilities serves;
};

/// Programs, looked for in the usual directories and put into /usr/bin.
std::span<const KnownFile> known_programs();

/// Configuration, below one of /etc and /usr/share, and there in the container as well.
std::span<const KnownFile> known_configs();

/// Sockets of daemons, by their absolute paths.
std::span<const KnownFile> known_sockets();

}  // namespace ocirt::nvidia
