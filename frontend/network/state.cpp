// NetworkState as a file.
#include "frontend/network/state.h"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "sys/file.h"

namespace ocirt::network {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFile = "network.json";
constexpr size_t kMostBytes = 1 << 20;

Json json_of(const Interface& interface) {
  return {{"network", interface.network},
          {"name", interface.name},
          {"mac", interface.mac},
          {"addresses", interface.addresses},
          {"gateways", interface.gateways},
          {"aliases", interface.aliases},
          {"hostIndex", interface.host_index},
          {"hostMac", interface.host_mac}};
}

Interface interface_of(const Json& json) {
  return {.network = json.value("network", ""),
          .name = json.value("name", ""),
          .mac = json.value("mac", ""),
          .addresses = json.value("addresses", std::vector<std::string>{}),
          .gateways = json.value("gateways", std::vector<std::string>{}),
          .aliases = json.value("aliases", std::vector<std::string>{}),
          .host_index = json.value("hostIndex", 0),
          .host_mac = json.value("hostMac", "")};
}

}  // namespace

std::string print_state(const NetworkState& state) {
  Json interfaces = Json::array();
  for (const Interface& each : state.interfaces) interfaces.push_back(json_of(each));
  const Json json = {{"kind", state.kind},
                     {"interfaces", interfaces},
                     {"nameservers", state.nameservers},
                     {"searchDomains", state.search_domains},
                     {"helper", state.helper},
                     {"helperStart", state.helper_start},
                     {"request", state.request}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

std::optional<NetworkState> parse_state(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    NetworkState state{.kind = json.at("kind").get<std::string>(),
                       .nameservers = json.value("nameservers", std::vector<std::string>{}),
                       .search_domains = json.value("searchDomains", std::vector<std::string>{}),
                       .helper = json.value("helper", 0),
                       .helper_start = json.value("helperStart", uint64_t{0}),
                       .request = json.value("request", "")};
    for (const Json& each : json.at("interfaces")) state.interfaces.push_back(interface_of(each));
    return state;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

Result<> save_state(const NetworkState& state, const Directories& where) {
  const UniqueFd directory = TRY(sys::open_at(AT_FDCWD, where.run.c_str(), O_PATH | O_DIRECTORY));
  return sys::replace_file(directory.get(), kFile, print_state(state), 0600);
}

std::optional<NetworkState> find_state(const Directories& where) {
  const Result<std::string> text =
      sys::read_file(AT_FDCWD, (where.run + '/' + kFile).c_str(), kMostBytes);
  return text ? parse_state(*text) : std::nullopt;
}

void remove_state(const Directories& where) {
  (void)::unlink((where.run + '/' + kFile).c_str());  // what isn't there needn't go
}

}  // namespace ocirt::network
