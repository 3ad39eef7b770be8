// Networks by netavark: bridges of the host, with veth devices into the containers. Which addresses
// a container gets is decided here (leases.h); devices, routes, the firewall's rules and
// aardvark-dns are netavark's.
#include "frontend/network/bridge.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>

#include "frontend/network/cidr.h"
#include "frontend/network/definition.h"
#include "frontend/network/directory.h"
#include "frontend/network/helper.h"
#include "frontend/network/leases.h"
#include "frontend/network/options.h"
#include "frontend/network/state.h"
#include "sys/file.h"
#include "sys/netlink.h"
#include "sys/process.h"

namespace ocirt::network {

namespace {

constexpr int kNetavark_ms = 60000;
// podman's too: aardvark-dns answers for a bridge once, for the containers of both.
constexpr const char* kNamesDirectory = "/run/containers/networks";

std::string definitions_of(const Directories& where) {
  return where.definitions.empty() ? definitions_directory(true) : where.definitions;
}

// Cuts at commas that stand outside of options: "a:ip=1.2.3.4,mac=...,b" is one network, since
// whoever gives options names networks one by one (--network A:... --network B:...). Several
// --network come joined by commas; a word that has no "=" begins a new one.
std::vector<std::string> cut(const std::string& asked) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < asked.size();) {
    const size_t end = std::min(asked.find(',', begin), asked.size());
    std::string word = asked.substr(begin, end - begin);
    begin = end + 1;
    const bool is_option = word.find('=') != std::string::npos && word.find(':') == word.npos;
    const bool is_address = word.starts_with("ip6=") || word.starts_with("mac=");
    if (!parts.empty() && (is_option || is_address)) {
      parts.back() += ',' + word;
    } else if (!word.empty()) {
      parts.push_back(std::move(word));
    }
  }
  return parts;
}

Result<AskedNetwork> parse_asked(const std::string& text) {
  AskedNetwork asked{.name = text.substr(0, text.find(':'))};
  if (asked.name == "bridge" || asked.name == "private" || asked.name == "default") {
    asked.name = "podman";
  }
  for (const std::string& word : option_words(text)) {
    const size_t equals = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(std::min(equals + 1, word.size()));
    if (key == "ip" || key == "ip6") {
      asked.addresses.push_back(value);
    } else if (key == "mac") {
      asked.mac = value;
    } else if (key == "alias") {
      asked.aliases.push_back(value);
    } else if (key == "interface_name") {
      asked.interface = value;
    } else {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--network={}: unknown option \"{}\"", text, key));
    }
  }
  return asked;
}

// That of the asked addresses which is of this subnet's family.
std::string wanted_in(const Subnet& subnet, const std::vector<std::string>& asked) {
  const std::optional<Cidr> range = parse_cidr(subnet.subnet);
  for (const std::string& text : asked) {
    const std::optional<Address> address = parse_address(text);
    if (!address || !range || address->v6 == range->first.v6) return text;
  }
  return {};
}

Json ports_of(const model::Record& record) {
  Json ports = Json::array();
  for (const model::PublishedPort& port : record.ports) {
    ports.push_back({{"container_port", port.container_port},
                     {"host_ip", port.host_ip},
                     {"host_port", port.host_port},
                     {"protocol", port.protocol},
                     {"range", port.count}});
  }
  return ports;
}

// What netavark wants on its standard input; the same for setup and for teardown.
Result<Json> make_request(const model::Record& record, const Directories& where) {
  Json networks = Json::object();
  Json descriptions = Json::object();
  int index = 0;
  for (const AskedNetwork& asked : TRY(asked_networks(record))) {
    const Definition definition = TRY(find_definition(definitions_of(where), asked.name));
    Json addresses = Json::array();
    for (const Subnet& subnet : definition.subnets) {
      addresses.push_back(TRY(take_address(where, record.id, definition.name, subnet,
                                           wanted_in(subnet, asked.addresses))));
    }
    std::vector<std::string> aliases = asked.aliases;
    constexpr size_t kShortId = 12;
    aliases.push_back(record.id.substr(0, kShortId));
    const std::string interface =
        asked.interface.empty() ? fmt::format("eth{}", index) : asked.interface;
    networks[definition.name] = {{"interface_name", interface},
                                 {"static_ips", addresses},
                                 {"static_mac", asked.mac.empty() ? Json() : Json(asked.mac)},
                                 {"aliases", aliases}};
    descriptions[definition.name] = json_of(definition);
    ++index;
  }
  return Json{{"container_id", record.id},
              {"container_name", record.name},
              {"port_mappings", ports_of(record)},
              {"networks", networks},
              {"network_info", descriptions}};
}

void read_interface(const std::string& network, const std::string& name, const Json& json,
                    NetworkState& state) {
  Interface interface { .network = network, .name = name, .mac = json.value("mac_address", "") };
  for (const Json& subnet : json.value("subnets", Json::array())) {
    interface.addresses.push_back(subnet.value("ipnet", ""));
    if (std::string gateway = subnet.value("gateway", ""); !gateway.empty()) {
      interface.gateways.push_back(std::move(gateway));
    }
  }
  state.interfaces.push_back(std::move(interface));
}

// netavark's answer: of each network the devices, and the name servers.
Result<> read_answer(const std::string& text, NetworkState& state) {
  using Words = std::vector<std::string>;
  try {
    const Json answer = Json::parse(text);
    for (const auto& [network, status] : answer.items()) {
      const Json interfaces = status.value("interfaces", Json::object());
      for (const auto& [name, interface] : interfaces.items()) {
        read_interface(network, name, interface, state);
      }
      for (std::string& server : status.value("dns_server_ips", Words{})) {
        state.nameservers.push_back(std::move(server));
      }
      for (std::string& domain : status.value("dns_search_domains", Words{})) {
        state.search_domains.push_back(std::move(domain));
      }
    }
    return {};
  } catch (const nlohmann::json::exception&) {
    return make_error(ErrorKind::System, fmt::format("netavark answered: {}", said_by(text)));
  }
}

// "{"error":"..."} of netavark, or what it wrote.
std::string reason_of(const std::string& output) {
  const Json json = Json::parse(said_by(output), nullptr, false);
  if (json.is_object() && json.contains("error") && json["error"].is_string()) {
    return json["error"].get<std::string>();
  }
  return said_by(output);
}

Result<std::string> run_netavark(const std::string& verb, const Directories& where,
                                 const std::string& request, const std::string& namespace_path) {
  std::vector<std::string> words = {"--config", kNamesDirectory};
  if (const Result<std::string> names = find_helper("aardvark-dns", "aardvark-dns"); names) {
    words.insert(words.end(), {"--aardvark-binary", *names});
  }
  words.insert(words.end(), {verb, namespace_path});
  sys::Program program = TRY(helper_program("netavark", "netavark", std::move(words), where));
  // Its answer and its errors; what it and aardvark-dns log goes to stderr.
  const UniqueFd answer = TRY(sys::memory_file("netavark", ""));
  program.output_fd = answer.get();
  TRY(make_directory(kNamesDirectory));
  // One at a time, as podman does it: it looks at bridges and rules before it changes them.
  const UniqueFd lock = TRY(lock_directory(kNamesDirectory));
  const sys::ProgramOutcome outcome = TRY(sys::run_program(program, request, kNetavark_ms));
  if (::lseek(answer.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  constexpr size_t kMostBytes = 1 << 20;
  const std::string text = TRY(sys::read_all(answer.get(), kMostBytes));
  if (!outcome.timed_out && outcome.status == sys::ExitStatus{}) return text;
  return make_error(
      ErrorKind::System,
      fmt::format("netavark {}: {}", verb,
                  outcome.timed_out ? "it didn't end in time"
                                    : reason_of(text.empty() ? outcome.output : text)));
}

// A namespace with devices called as the container's were. That one went with the container, but
// netavark takes rules down, and a bridge that nobody is on any more, only after it has removed the
// container's devices. It must never look for an "eth0" in our own namespace.
struct StandIn {
  sys::Child process;  // sleeps in the namespace until it is killed
};

// Runs in: the stand-in.
[[noreturn]] void sleep_in_namespace(void*) noexcept {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // or it would outlive us if we are killed
  for (;;) (void)::pause();
}

Result<StandIn> make_stand_in(const NetworkState& state) {
  StandIn stand_in{.process =
                       TRY(sys::spawn({.flags = CLONE_NEWNET}, sleep_in_namespace, nullptr))};
  const std::string path = fmt::format("/proc/{}/ns/net", stand_in.process.pid());
  const UniqueFd netns = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY));
  const sys::RouteSocket socket = TRY(sys::RouteSocket::open_in(netns.get()));
  const Json request = Json::parse(state.request, nullptr, false);
  if (!request.is_object() || !request.contains("networks")) {
    return make_error(ErrorKind::Bug, "a network's state is damaged");
  }
  for (const auto& [network, asked] : request["networks"].items()) {
    TRY(socket.add_veth(asked.value("interface_name", "eth0")));
  }
  return stand_in;
}

// Remembers which of the host's devices are the other ends of the container's.
Result<> find_host_ends(pid_t init, NetworkState& state) {
  const std::string path = fmt::format("/proc/{}/ns/net", init);
  const UniqueFd netns = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY));
  const sys::RouteSocket inside = TRY(sys::RouteSocket::open_in(netns.get()));
  const sys::RouteSocket outside = TRY(sys::RouteSocket::open());
  for (Interface& interface : state.interfaces) {
    const std::optional<sys::Link> link =
        TRY(inside.look_at(TRY(inside.find_link(interface.name))));
    if (!link || link->peer == 0) continue;
    const std::optional<sys::Link> host_end = TRY(outside.look_at(link->peer));
    if (!host_end) continue;
    interface.host_index = link->peer;
    interface.host_mac = host_end->address;
  }
  return {};
}

// The kernel removes a namespace's devices some time after its last process has gone. A bridge that
// netavark sees such a device on isn't empty, and would be left for ever.
Result<> remove_host_ends(const NetworkState& state) {
  const sys::RouteSocket socket = TRY(sys::RouteSocket::open());
  for (const Interface& interface : state.interfaces) {
    if (interface.host_index == 0) continue;
    const std::optional<sys::Link> link = TRY(socket.look_at(interface.host_index));
    if (link && link->address == interface.host_mac) {
      TRY(socket.remove_link(interface.host_index));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<AskedNetwork>> asked_networks(const model::Record& record) {
  const model::Request& request = record.request;
  std::vector<AskedNetwork> all;
  for (const std::string& part : cut(request.namespaces.network)) {
    all.push_back(TRY(parse_asked(part)));
  }
  if (all.empty()) all.push_back({.name = "podman"});
  if ((!request.ip.empty() || !request.mac.empty()) && all.size() > 1) {
    return make_error(ErrorKind::InvalidConfig,
                      "--ip and --mac-address can be used with one network only")
        .with_hint("with several, say --network NAME:ip=ADDRESS");
  }
  if (!request.ip.empty()) all.front().addresses.push_back(request.ip);
  if (!request.mac.empty()) all.front().mac = request.mac;
  for (AskedNetwork& each : all) {
    each.aliases.insert(each.aliases.end(), request.network_aliases.begin(),
                        request.network_aliases.end());
  }
  return all;
}

Result<> attach_bridge(const model::Record& record, const Directories& where, pid_t init,
                       NetworkState& state) {
  TRY(save_state(state, where));  // or the leases would be nobody's
  TRY(take_ports(where, record));
  const Json request = TRY(make_request(record, where));
  state.request = request.dump();
  TRY(save_state(state, where));
  TRY(read_answer(
      TRY(run_netavark("setup", where, state.request, fmt::format("/proc/{}/ns/net", init))),
      state));
  for (Interface& interface : state.interfaces) {
    interface.aliases =
        request["networks"][interface.network]["aliases"].get<std::vector<std::string>>();
  }
  return find_host_ends(init, state);
}

Result<> detach_bridge(const model::Record& record, const Directories& where,
                       const NetworkState& state) {
  if (!state.request.empty()) {
    TRY(remove_host_ends(state));
    const StandIn stand_in = TRY(make_stand_in(state));
    TRY(run_netavark("teardown", where, state.request,
                     fmt::format("/proc/{}/ns/net", stand_in.process.pid())));
  }
  give_back(where, record.id);
  return {};
}

}  // namespace ocirt::network
