// Device nodes, and who may use which. Pure.
#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;

bool is_privileged(const Input& input) {
  return input.record.request.privileged || input.settings.privileged;
}

json print_node(const HostNode& node, const std::string& path) {
  return {{"path", path},        {"type", std::string(1, node.type)}, {"major", node.major},
          {"minor", node.minor}, {"fileMode", node.mode & 07777},     {"uid", node.uid},
          {"gid", node.gid}};
}

// A plain user sees a node's owner only if that is one of its own ids; the runtime binds the node,
// and what is said of it must be true inside.
json without_owner(json node) {
  node.erase("uid");
  node.erase("gid");
  return node;
}

// Below a directory that was asked for, each node keeps its place.
std::string place_of(const HostNode& node, const model::RequestedDevice& asked) {
  const std::string& container = asked.container.empty() ? asked.host : asked.container;
  return container + node.path.substr(std::min(asked.host.size(), node.path.size()));
}

Result<std::vector<model::RequestedDevice>> asked_devices(const Input& input) {
  std::vector<model::RequestedDevice> all;
  for (const std::string& text : input.settings.devices) all.push_back(TRY(parse_device(text)));
  const auto& asked = input.record.request.devices;
  all.insert(all.end(), asked.begin(), asked.end());
  std::erase_if(all, [](const auto& each) { return is_cdi_name(each.host); });
  return all;
}

// "c 195:* rwm"
Result<json> parse_rule(const std::string& text) {
  const std::vector<std::string> words = split(text, ' ');
  const auto wrong = [&] {
    return make_error(
        ErrorKind::InvalidConfig,
        fmt::format("--device-cgroup-rule '{}': not 'TYPE MAJOR:MINOR ACCESS'", text));
  };
  if (words.size() != 3) return wrong();
  const bool is_type = words[0] == "a" || words[0] == "b" || words[0] == "c";
  const bool is_access =
      !words[2].empty() && words[2].find_first_not_of("rwm") == std::string::npos;
  if (!is_type || !is_access) return wrong();
  json rule = {{"allow", true}, {"type", words[0]}, {"access", words[2]}};
  const auto [major, minor] = split_pair(words[1], ':');
  for (const auto& [name, word] : {std::pair{"major", major}, std::pair{"minor", minor}}) {
    if (word == "*") continue;  // any: absent
    const std::optional<int64_t> number = parse_number(word);
    if (!number || *number < 0) return wrong();
    rule[name] = *number;
  }
  return rule;
}

}  // namespace

bool is_cdi_name(std::string_view device) {
  const size_t equals = device.find('=');
  if (device.starts_with('/') || equals == std::string_view::npos) return false;
  return device.substr(0, equals).find('/') != std::string_view::npos;
}

Result<model::RequestedDevice> parse_device(std::string_view text) {
  if (is_cdi_name(text)) return model::RequestedDevice{.host = std::string(text)};
  const std::vector<std::string> parts = split(text, ':');
  const auto wrong = [&] {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--device {}: not HOST[:CONTAINER][:PERMISSIONS]", text));
  };
  const auto are_permissions = [](std::string_view word) {
    return !word.empty() && word.find_first_not_of("rwm") == std::string_view::npos;
  };
  if (parts.size() > 3 || !parts[0].starts_with('/')) return wrong();
  model::RequestedDevice device = {.host = parts[0], .container = parts[0]};
  if (parts.size() == 2 && are_permissions(parts[1])) {
    device.permissions = parts[1];
  } else if (parts.size() >= 2) {
    if (!parts[1].starts_with('/')) return wrong();
    device.container = parts[1];
  }
  if (parts.size() == 3) {
    if (!are_permissions(parts[2])) return wrong();
    device.permissions = parts[2];
  }
  return device;
}

Result<json> make_devices(const Input& input) {
  json list = json::array();
  const auto add = [&](const HostNode& node, const std::string& path) {
    json printed = print_node(node, path);
    list.push_back(input.host.rootless ? without_owner(std::move(printed)) : std::move(printed));
  };
  if (is_privileged(input)) {
    for (const HostNode& node : input.host.all_devices) add(node, node.path);
  }
  for (const model::RequestedDevice& asked : TRY(asked_devices(input))) {
    const auto found = input.host.devices.find(asked.host);
    if (found == input.host.devices.end()) {
      return make_error(ErrorKind::NotFound,
                        fmt::format("--device {}: there is no such device", asked.host));
    }
    for (const HostNode& node : found->second) add(node, place_of(node, asked));
  }
  return list;
}

Result<json> make_device_rules(const Input& input) {
  if (is_privileged(input)) return json::array({{{"allow", true}, {"access", "rwm"}}});
  json rules = json::array({{{"allow", false}, {"access", "rwm"}}});
  for (const model::RequestedDevice& asked : TRY(asked_devices(input))) {
    const auto found = input.host.devices.find(asked.host);
    if (found == input.host.devices.end()) continue;  // make_devices() says so
    for (const HostNode& node : found->second) {
      rules.push_back({{"allow", true},
                       {"type", std::string(1, node.type)},
                       {"major", node.major},
                       {"minor", node.minor},
                       {"access", asked.permissions}});
    }
  }
  for (const std::string& text : input.record.request.resources.device_cgroup_rules) {
    rules.push_back(TRY(parse_rule(text)));
  }
  return rules;
}

}  // namespace ocirt::bundle
