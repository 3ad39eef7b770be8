// Two kinds of paths that never mix: the host's and the container's. Used by every layer.
#pragma once

#include <string>

namespace ocirt {

/// A path as the host sees it. Trusted: it comes from the caller.
struct HostPath {
  std::string text;
  friend bool operator==(const HostPath&, const HostPath&) = default;
};

/// A path below a container's root, absolute ("/proc/sys"). Everything on its way is hostile, so it
/// is only resolved through sys::RootDir.
struct ContainerPath {
  std::string text;
  friend bool operator==(const ContainerPath&, const ContainerPath&) = default;
};

}  // namespace ocirt
