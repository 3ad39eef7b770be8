// The kernel's and the spec's names for numbers: capabilities, limits, namespaces, flags. Pure.
#include "runtime/plan/names.h"

#include <algorithm>
#include <iterator>

namespace ocirt::plan {

std::optional<int> capability_number(std::string_view name) {
  const std::string_view* found =
      std::find(std::begin(kCapabilities), std::end(kCapabilities), name);
  if (found == std::end(kCapabilities)) return std::nullopt;
  return static_cast<int>(found - std::begin(kCapabilities));
}

std::string_view name_of_limit(int resource) {
  for (const NamedValue& limit : kResourceLimits) {
    if (limit.value == static_cast<uint64_t>(resource)) return limit.name;
  }
  return "an unknown limit";
}

}  // namespace ocirt::plan
