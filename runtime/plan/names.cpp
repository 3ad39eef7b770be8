// The kernel's and the spec's names for numbers: capabilities, limits, namespaces, flags. Pure.
#include "runtime/plan/names.h"

#include <cstddef>
#include <iterator>

namespace ocirt::plan {

std::optional<int> find_capability(std::string_view name) {
  for (size_t i = 0; i < std::size(kCapabilities); ++i) {
    if (kCapabilities[i] == name) return static_cast<int>(i);
  }
  return std::nullopt;
}

}  // namespace ocirt::plan
