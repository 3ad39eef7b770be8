// What verbs share that choose among things: labels and filters.
#include "frontend/commands/labels.h"

#include <fmt/core.h>
#include <time.h>

#include "frontend/commands/moments.h"

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

Result<std::optional<bool>> passes_prune(const Filter& filter, const Labels& labels,
                                         int64_t created_s) {
  using Answer = std::optional<bool>;
  if (filter.key == "label") return Answer(has_label(labels, filter.value));
  if (filter.key == "label!") return Answer(!has_label(labels, filter.value));
  if (filter.key != "until") return Answer();
  const int64_t until = TRY(parse_moment("until", filter.value, ::time(nullptr)));
  return Answer(created_s != 0 && created_s < until);
}

Result<bool> passes_prunes(const std::vector<std::string>& filters, const Labels& labels,
                           int64_t created_s) {
  for (const std::string& text : filters) {
    const Filter filter = TRY(parse_filter(text));
    const std::optional<bool> passes = TRY(passes_prune(filter, labels, created_s));
    if (!passes) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("{} is an invalid filter", filter.key));
    }
    if (!*passes) return false;
  }
  return true;
}

Json json_of(const Labels& labels) {
  Json json = Json::object();
  for (const auto& [key, value] : labels) json[key] = value;
  return json;
}

}  // namespace ocirt::frontend
