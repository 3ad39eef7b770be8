// Files of a container's root file system, read without mounting it: from the layers of an overlay,
// as the kernel would merge them. Touches hostile trees: follows no link outside of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::bundle {

class LayeredTree {
 public:
  /// The topmost directory first; one alone is a plain tree. Those that aren't there are passed
  /// over: a container that never ran has no upper one.
  explicit LayeredTree(std::vector<std::string> layers) : layers_(std::move(layers)) {}

  /// A regular file's bytes; `path` as the container sees it. Errors: NotFound; System (EFBIG) for
  /// a longer one.
  [[nodiscard]] Result<std::string> read_file(std::string_view path, size_t limit) const;

 private:
  std::vector<std::string> layers_;
};

}  // namespace ocirt::bundle
