// What the tests of validation share: a sound document to spoil.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "spec/parse.h"
#include "spec/print.h"
#include "spec/validate.h"

namespace ocirt::spec {

/// The default config with each member of `patch` put in its place (RFC 7396), which is then
/// checked. One line for each problem: pointer, what is wrong, section.
inline std::string problems_with(std::string_view patch) {
  nlohmann::json document = nlohmann::json::parse(print_config(default_config()));
  document.merge_patch(nlohmann::json::parse(patch));
  Result<Config> config = parse_config(document.dump());
  if (!config) return "can't be read: " + config.error().text;
  Result<> result = validate(*config);
  return result ? "" : result.error().text;
}

/// The same with `patch` in /linux, whose namespaces are of all types.
inline std::string problems_in_linux(std::string_view patch) {
  nlohmann::json members = nlohmann::json::parse(R"({
    "namespaces": [{"type": "mount"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"},
                   {"type": "pid"}, {"type": "user"}, {"type": "cgroup"}, {"type": "time"}],
    "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}],
    "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 10}]})");
  // Not a merge: a null of the patch is to reach the document.
  members.update(nlohmann::json::parse(patch));
  return problems_with(nlohmann::json{{"linux", members}}.dump());
}

}  // namespace ocirt::spec
