// Fills structs from JSON text, led by their descriptions (type.h), in one pass without a document
// in memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "spec/parse.h"
#include "spec/type.h"

namespace ocirt::spec {

/// What read_document() fills.
struct Target {
  const Type& type;          // of the whole document
  void* place = nullptr;     // an object of that type
  std::string_view section;  // of the spec, for findings that no member's section is nearer to

  // The text of the first object of this type goes to `span`.
  const Type* spanned = nullptr;
  std::string_view* span = nullptr;
};

/// Reads `json` into `target` and gives what is wrong with it: in the order of the text, empty when
/// all is well. Text that is no JSON is a single finding, the last.
std::vector<Finding> read_document(std::string_view json, const Target& target);

/// The same for a config.json; `spans` is filled as far as it got.
std::vector<Finding> read_config(std::string_view json, Config& config, SourceSpans& spans);

}  // namespace ocirt::spec
