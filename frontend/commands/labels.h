// What verbs share that choose among things: labels and filters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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

/// What every prune can be told of a thing with these labels, made then (seconds since the epoch;
/// 0: it isn't known): label, label! and until. Nothing for another key. Errors: InvalidConfig.
Result<std::optional<bool>> passes_prune(const Filter& filter, const Labels& labels,
                                         int64_t created_s);

/// All of them must match. Errors: InvalidConfig for another key.
Result<bool> passes_prunes(const std::vector<std::string>& filters, const Labels& labels,
                           int64_t created_s);

Json json_of(const Labels& labels);

}  // namespace ocirt::frontend
