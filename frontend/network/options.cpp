// The options that follow a network's kind: "slirp4netns:mtu=1500,cidr=...". Pure.
#include "frontend/network/options.h"

#include <algorithm>

namespace ocirt::network {

std::vector<std::string> option_words(std::string_view asked) {
  std::vector<std::string> words;
  const size_t colon = asked.find(':');
  if (colon == std::string_view::npos) return words;
  std::string_view rest = asked.substr(colon + 1);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(','), rest.size());
    if (end > 0) words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

std::map<std::string, std::string> option_pairs(std::string_view asked) {
  std::map<std::string, std::string> pairs;
  for (const std::string& word : option_words(asked)) {
    const size_t equals = word.find('=');
    pairs[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
  }
  return pairs;
}

std::string said_by(std::string_view output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == '\r')) {
    output.remove_suffix(1);
  }
  const size_t line = output.rfind('\n');
  if (line != std::string_view::npos) output.remove_prefix(line + 1);
  return output.empty() ? "it said nothing" : std::string(output);
}

}  // namespace ocirt::network
