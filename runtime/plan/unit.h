// The unit of systemd that holds a container's cgroup, as data. Pure.
#pragma once

#include <string>
#include <vector>

namespace ocirt::plan {

/// A property of a unit. `words` is the value in busctl(1)'s notation: each basic value a word, an
/// array its length and its elements, a struct its members, a variant its signature and its value.
struct UnitProperty {
  std::string name;       // "MemoryMax"
  std::string signature;  // "t"
  std::vector<std::string> words;
  friend bool operator==(const UnitProperty&, const UnitProperty&) = default;
};

/// Where a unit is: all that it takes to find it again.
struct UnitReference {
  std::string bus;   // address of the bus on which its manager answers; empty: there is no unit
  std::string name;  // "libpod-1234.scope"
  /// Below the mount point of each hierarchy: "/machine.slice/libpod-1234.scope". The container's
  /// own cgroup is this one or one below it.
  std::string path;
  bool is_users = false;  // of a user's manager, not of the system's
  friend bool operator==(const UnitReference&, const UnitReference&) = default;
};

struct UnitPlan {
  UnitReference reference;
  std::vector<UnitProperty> properties;  // all but PIDs, which a plan can't know
  friend bool operator==(const UnitPlan&, const UnitPlan&) = default;
};

}  // namespace ocirt::plan
