// What the verbs of volumes and networks share: labels and filters.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/commands/go_template.h"

namespace ocirt::frontend {

using Labels = std::map<std::string, std::string>;

/// "KEY=VALUE" or "KEY", each.
Labels parse_labels(const std::vector<std::string>& words);

/// Whether the labels have what "KEY=VALUE" or "KEY" says.
bool has_label(const Labels& labels, const std::string& wanted);

/// A filter, cut at its "=". Errors: InvalidConfig.
struct Filter {
  std::string key;
  std::string value;
};
Result<Filter> parse_filter(const std::string& text);

Json json_of(const Labels& labels);

}  // namespace ocirt::frontend
