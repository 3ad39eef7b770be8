// The part of the Plan that is about resctrl.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/path.h"

namespace ocirt::plan {

/// A class of service for caches and memory bandwidth (the kernel's resctrl.rst).
struct RdtPlan {
  HostPath mount_point;  // of the resctrl file system
  std::string group;     // directory below it; empty: the default class, the root itself
  bool make = false;     // a group that isn't there is made
  bool own = false;      // it must not be there yet, and is removed with the container
  /// Written to `schemata`, in this order. Those of the first `compared` lines that a group which
  /// was there already doesn't have are errors.
  std::vector<std::string> schemata;
  size_t compared = 0;
  std::string monitor;  // of a group below it that counts for the container alone; empty: none
  friend bool operator==(const RdtPlan&, const RdtPlan&) = default;
};

}  // namespace ocirt::plan
