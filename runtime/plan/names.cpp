// The kernel's and the spec's names for numbers: capabilities, limits, namespaces, flags. Pure.
#include "runtime/plan/names.h"

#include <algorithm>
#include <iterator>

namespace ocirt::plan {

int capability_number(std::string_view name) {
  const std::string_view* found =
      std::find(std::begin(kCapabilities), std::end(kCapabilities), name);
  assert(found != std::end(kCapabilities));
  return static_cast<int>(found - std::begin(kCapabilities));
}

}  // namespace ocirt::plan
