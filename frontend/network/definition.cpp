// Networks by name: podman's files, one for each.
#include "frontend/network/definition.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "frontend/network/cidr.h"
#include "frontend/network/directory.h"
#include "frontend/network/host.h"
#include "sys/file.h"

namespace ocirt::network {

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr std::string_view kSuffix = ".json";

// What podman has without a file.
Definition default_definition() {
  return {.name = "podman",
          .id = "2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9",
          .interface = "podman0",
          .created = now_text(),
          .subnets = {{.subnet = "10.88.0.0/16", .gateway = "10.88.0.1"}}};
}

Json json_of(const Subnet& subnet) {
  Json json = {{"subnet", subnet.subnet}};
  if (!subnet.gateway.empty()) json["gateway"] = subnet.gateway;
  if (!subnet.lease_start.empty()) {
    json["lease_range"] = {{"start_ip", subnet.lease_start}, {"end_ip", subnet.lease_end}};
  }
  return json;
}

Subnet subnet_of(const Json& json) {
  Subnet subnet{.subnet = json.at("subnet").get<std::string>(),
                .gateway = json.value("gateway", "")};
  if (const auto range = json.find("lease_range"); range != json.end() && range->is_object()) {
    subnet.lease_start = range->value("start_ip", "");
    subnet.lease_end = range->value("end_ip", "");
  }
  return subnet;
}

std::string random_id() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) < 0) return {};  // never for so few bytes
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

bool is_name(std::string_view name) {
  if (name.empty() || ::isalnum(static_cast<unsigned char>(name.front())) == 0) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return ::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

// What a new network must keep off: other networks and the host's own devices.
std::vector<Cidr> taken_ranges(const std::vector<Definition>& others) {
  std::vector<Cidr> taken;
  const auto add = [&](const std::string& text) {
    if (const std::optional<Cidr> cidr = parse_cidr(text)) taken.push_back(*cidr);
  };
  for (const Definition& other : others) {
    for (const Subnet& subnet : other.subnets) add(subnet.subnet);
  }
  for (const std::string& address : host_ranges()) add(address);
  return taken;
}

bool is_free(const Cidr& range, const std::vector<Cidr>& taken) {
  return std::none_of(taken.begin(), taken.end(),
                      [&](const Cidr& other) { return range.overlaps(other); });
}

// The first /24 from 10.89.0.0 up, or /64 from fd00:0:0:1:: up, that nobody has.
Result<Subnet> free_subnet(bool v6, const std::vector<Cidr>& taken) {
  constexpr int kTries = 65536;
  Cidr range = *parse_cidr(v6 ? "fd00:0:0:1::/64" : "10.89.0.0/24");
  const Number step = range.last() - range.first.number + 1;
  for (int i = 0; i < kTries; ++i, range.first.number += step) {
    if (is_free(range, taken)) return Subnet{.subnet = print_cidr(range)};
  }
  return make_error(ErrorKind::System, "no subnet is left for a new network");
}

Result<> complete(Subnet& subnet, const std::vector<Cidr>& taken) {
  const std::optional<Cidr> range = parse_cidr(subnet.subnet);
  if (!range) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("{}: not a subnet", subnet.subnet));
  }
  if (!is_free(*range, taken)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("subnet {} is already used on the host or by another network",
                                  print_cidr(*range)));
  }
  subnet.subnet = print_cidr(*range);
  if (subnet.gateway.empty()) {
    subnet.gateway = print_address({.v6 = range->first.v6, .number = range->first.number + 1});
  }
  for (const std::string& inside : {subnet.gateway, subnet.lease_start, subnet.lease_end}) {
    if (inside.empty()) continue;
    const std::optional<Address> address = parse_address(inside);
    if (address && range->holds(*address)) continue;
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("{} is not in the subnet {}", inside, subnet.subnet));
  }
  return {};
}

std::string free_interface(const std::vector<Definition>& others) {
  for (int i = 1;; ++i) {
    std::string name = fmt::format("podman{}", i);
    const bool taken = std::any_of(others.begin(), others.end(), [&](const Definition& other) {
      return other.interface == name;
    });
    if (!taken && !is_device(name)) return name;
  }
}

}  // namespace

std::string now_text() {
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);  // the real-time clock is always there
  tm parts{};
  (void)::gmtime_r(&now.tv_sec, &parts);
  std::array<char, 32> text{};
  (void)::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string written = fmt::format("{}.{:09}", text.data(), now.tv_nsec);
  // As Go prints it, since podman prints again what it has read.
  while (written.ends_with('0')) written.pop_back();
  if (written.ends_with('.')) written.pop_back();
  return written + 'Z';
}

Json json_of(const Definition& definition) {
  Json subnets = Json::array();
  for (const Subnet& each : definition.subnets) subnets.push_back(json_of(each));
  Json json = {{"name", definition.name},         {"id", definition.id},
               {"driver", definition.driver},     {"network_interface", definition.interface},
               {"created", definition.created},   {"subnets", subnets},
               {"ipv6_enabled", definition.ipv6}, {"internal", definition.internal},
               {"dns_enabled", definition.dns}};
  if (!definition.labels.empty()) json["labels"] = definition.labels;
  if (!definition.options.empty()) json["options"] = definition.options;
  json["ipam_options"] = {{"driver", definition.ipam_driver}};
  return json;
}

std::optional<Definition> parse_definition(std::string_view text) {
  using Words = std::map<std::string, std::string>;
  try {
    const Json json = Json::parse(text);
    Definition definition{.name = json.at("name").get<std::string>(),
                          .id = json.at("id").get<std::string>(),
                          .driver = json.value("driver", "bridge"),
                          .interface = json.value("network_interface", ""),
                          .created = json.value("created", ""),
                          .ipv6 = json.value("ipv6_enabled", false),
                          .internal = json.value("internal", false),
                          .dns = json.value("dns_enabled", false),
                          .labels = json.value("labels", Words{}),
                          .options = json.value("options", Words{})};
    for (const Json& each : json.value("subnets", Json::array())) {
      definition.subnets.push_back(subnet_of(each));
    }
    definition.ipam_driver =
        json.value("ipam_options", Json::object()).value("driver", "host-local");
    return definition;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string definitions_directory(bool is_root) {
  if (is_root) return "/etc/containers/networks";
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  const std::string base = data != nullptr && *data != 0
                               ? std::string(data)
                               : std::string(home == nullptr ? "" : home) + "/.local/share";
  return base + "/containers/storage/networks";
}

std::vector<Definition> list_definitions(const std::string& directory) {
  std::vector<Definition> all;
  for (const std::string& name : names_in(directory)) {
    if (!name.ends_with(kSuffix)) continue;
    const Result<std::string> text =
        sys::read_file(AT_FDCWD, (directory + '/' + name).c_str(), kMostBytes);
    if (!text) continue;
    if (std::optional<Definition> found = parse_definition(*text)) all.push_back(std::move(*found));
  }
  const auto is_default = [](const Definition& each) { return each.name == "podman"; };
  if (std::none_of(all.begin(), all.end(), is_default)) all.push_back(default_definition());
  std::sort(all.begin(), all.end(),
            [](const Definition& left, const Definition& right) { return left.name < right.name; });
  return all;
}

Result<Definition> find_definition(const std::string& directory, const std::string& name) {
  const std::vector<Definition> all = list_definitions(directory);
  const Definition* by_id = nullptr;
  for (const Definition& each : all) {
    if (each.name == name) return each;
    if (name.empty() || !each.id.starts_with(name)) continue;
    if (by_id != nullptr) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("more than one network has an id that begins with {}", name));
    }
    by_id = &each;
  }
  if (by_id != nullptr) return *by_id;
  return make_error(
      ErrorKind::NotFound,
      fmt::format("unable to find network with name or ID {}: network not found", name));
}

Result<Definition> create_definition(const std::string& directory, Definition wanted) {
  TRY(make_directory(directory));
  const UniqueFd lock = TRY(lock_directory(directory));
  const std::vector<Definition> others = list_definitions(directory);
  if (wanted.interface.empty()) wanted.interface = free_interface(others);
  if (wanted.name.empty()) wanted.name = wanted.interface;
  if (!is_name(wanted.name)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("network name {}: only letters, digits, \"_\", \".\" and \"-\", "
                                  "beginning with a letter or digit",
                                  wanted.name));
  }
  for (const Definition& other : others) {
    if (other.name != wanted.name) continue;
    return make_error(
        ErrorKind::AlreadyExists,
        fmt::format("network name {} already used: network already exists", wanted.name));
  }
  const std::vector<Cidr> taken = taken_ranges(others);
  if (wanted.subnets.empty()) wanted.subnets.push_back(TRY(free_subnet(false, taken)));
  const auto is_v6 = [](const Subnet& subnet) {
    return subnet.subnet.find(':') != std::string::npos;
  };
  if (wanted.ipv6 && std::none_of(wanted.subnets.begin(), wanted.subnets.end(), is_v6)) {
    wanted.subnets.push_back(TRY(free_subnet(true, taken)));
  }
  for (Subnet& subnet : wanted.subnets) TRY(complete(subnet, taken));
  wanted.ipv6 = std::any_of(wanted.subnets.begin(), wanted.subnets.end(), is_v6);
  wanted.id = random_id();
  wanted.created = now_text();
  const std::string text = json_of(wanted).dump(5) + '\n';
  TRY(sys::replace_file(lock.get(), (wanted.name + std::string(kSuffix)).c_str(), text, 0644));
  return wanted;
}

Result<> set_lease_range(Subnet& subnet, const std::string& range) {
  const std::optional<Cidr> cidr = parse_cidr(range);
  if (!cidr) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("--ip-range {}: not a subnet", range));
  }
  subnet.lease_start = print_address({.v6 = cidr->first.v6, .number = cidr->first.number + 1});
  subnet.lease_end = print_address({.v6 = cidr->first.v6, .number = cidr->last()});
  return {};
}

Result<> remove_definition(const std::string& directory, const Definition& definition) {
  if (definition.name == "podman") {
    return make_error(ErrorKind::InvalidConfig, "default network podman cannot be removed");
  }
  const std::string path = fmt::format("{}/{}{}", directory, definition.name, kSuffix);
  if (::unlink(path.c_str()) < 0) return last_error(fmt::format("remove {}", path));
  return {};
}

}  // namespace ocirt::network
