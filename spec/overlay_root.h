// The value of the annotation io.ocirt.rootfs.overlay: a root that the runtime itself makes of
// layers, in the container's mount namespace alone. Pure data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::spec {

inline constexpr const char* kOverlayRootAnnotation = "io.ocirt.rootfs.overlay";

struct OverlayRoot {
  std::vector<std::string> lower;  // directories, the topmost first
  std::string upper;               // empty, as `work`: the root is read-only
  std::string work;                // beside `upper`, in the same directory
  bool volatile_ = false;          // nothing has to outlive a power cut
  bool id_map = false;  // the directories have the container's ids, not those of its user namespace
  friend bool operator==(const OverlayRoot&, const OverlayRoot&) = default;
};

/// Reads the annotation's value, a JSON object with these names ("volatile", "idmap").
/// Errors: InvalidConfig, as parse_config().
Result<OverlayRoot> parse_overlay_root(std::string_view json);

}  // namespace ocirt::spec
