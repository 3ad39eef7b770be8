// What the verbs of volumes and networks share.
#include "frontend/commands/labels.h"

#include <fmt/core.h>

#include "frontend/commands/context.h"

namespace ocirt::frontend {

Labels parse_labels(const std::vector<std::string>& words) {
  Labels labels;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    labels[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return labels;
}

bool has_label(const Labels& labels, const std::string& wanted) {
  const size_t equals = wanted.find('=');
  const auto found = labels.find(wanted.substr(0, equals));
  if (found == labels.end()) return false;
  return equals == std::string::npos || found->second == wanted.substr(equals + 1);
}

Result<Filter> parse_filter(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals != std::string::npos) {
    return Filter{.key = text.substr(0, equals), .value = text.substr(equals + 1)};
  }
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--filter \"{}\": KEY=VALUE is wanted", text));
}

Json json_of(const Labels& labels) {
  Json json = Json::object();
  for (const auto& [key, value] : labels) json[key] = value;
  return json;
}

}  // namespace ocirt::frontend
