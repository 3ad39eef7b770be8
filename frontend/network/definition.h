// Networks by name: podman's files, one for each. Bridges of root's.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::network {

using Json = nlohmann::ordered_json;

struct Subnet {
  std::string subnet;       // "10.89.0.0/24"
  std::string gateway;      // "10.89.0.1"
  std::string lease_start;  // of --ip-range; empty: the whole subnet
  std::string lease_end;
  friend bool operator==(const Subnet&, const Subnet&) = default;
};

struct Definition {
  std::string name;
  std::string id;  // 64 hex digits: sha256 of the name
  std::string driver = "bridge";
  std::string interface;  // the bridge: "podman1"
  std::string created;    // RFC 3339
  std::vector<Subnet> subnets;
  bool ipv6 = false;
  bool internal = false;
  bool dns = false;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> options;
  std::string ipam_driver = "host-local";
  friend bool operator==(const Definition&, const Definition&) = default;
};

/// Now, in RFC 3339 to the nanosecond.
std::string now_text();

/// As podman's files have it, which is what netavark reads too.
Json json_of(const Definition& definition);
/// Nothing for what isn't such a file.
std::optional<Definition> parse_definition(std::string_view text);

/// Where podman keeps the files: /etc/containers/networks for root, else with the user's storage.
std::string definitions_directory(bool is_root);

/// All networks, "podman" among them even where it has no file; sorted by name.
std::vector<Definition> list_definitions(const std::string& directory);

/// By name, id or the beginning of an id. Errors: NotFound, in podman's words.
Result<Definition> find_definition(const std::string& directory, const std::string& name);

/// Writes a new network's file, having chosen what is left open in `wanted`: id, bridge, subnet,
/// gateway. Errors: AlreadyExists; InvalidConfig for a bad name or subnet, or one that is in use.
Result<Definition> create_definition(const std::string& directory, Definition wanted);

/// --ip-range: containers get addresses of that part of the subnet. Errors: InvalidConfig.
Result<> set_lease_range(Subnet& subnet, const std::string& range);

/// Errors: InvalidConfig for "podman", which is always there.
Result<> remove_definition(const std::string& directory, const Definition& definition);

}  // namespace ocirt::network
