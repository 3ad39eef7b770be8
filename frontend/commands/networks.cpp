// ocictl network create, ls, inspect, exists, rm and prune: podman's files.
#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/labels.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/network/bridge.h"
#include "frontend/network/definition.h"

namespace ocirt::frontend {

namespace {

using network::Definition;

constexpr int kEngine = 125;

constexpr std::array<Option, 11> kCreateOptions = {{
    {.name = "disable-dns", .value_name = "", .help = "without names for its containers"},
    {.name = "driver", .short_name = 'd', .value_name = "NAME", .help = "bridge is the only one"},
    {.name = "gateway", .value_name = "ADDRESS", .help = "of the subnet (its first address)"},
    {.name = "ignore", .value_name = "", .help = "one that exists is no error"},
    {.name = "interface-name", .value_name = "NAME", .help = "of the bridge"},
    {.name = "internal", .value_name = "", .help = "without a way out"},
    {.name = "ip-range", .value_name = "CIDR", .help = "what of the subnet is given to containers"},
    {.name = "ipv6", .value_name = "", .help = "with a subnet of IPv6 too"},
    {.name = "label", .value_name = "KEY=VALUE", .help = "kept with it"},
    {.name = "opt",
     .short_name = 'o',
     .value_name = "KEY=VALUE",
     .help = "for netavark: mtu, vlan"},
    {.name = "subnet", .value_name = "CIDR", .help = "one that is free, from 10.89.0.0/24 up"},
}};

constexpr std::array<Option, 5> kLsOptions = {{
    {.name = "filter",
     .short_name = 'f',
     .value_name = "KEY=VALUE",
     .help = "only those: name, id, driver, label"},
    {.name = "format", .value_name = "FORMAT", .help = "json, table or a Go template"},
    {.name = "no-trunc", .value_name = "", .help = "whole ids"},
    {.name = "noheading", .value_name = "", .help = "without the line of titles"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "only names"},
}};

constexpr std::array<Option, 1> kInspectOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
}};

constexpr std::array<Option, 1> kRmOptions = {{
    {.name = "force", .short_name = 'f', .value_name = "", .help = "unknown ones are no error"},
}};

constexpr std::array<Option, 2> kPruneOptions = {{
    {.name = "filter", .value_name = "KEY=VALUE", .help = "only those: label, label!, until"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "don't ask"},
}};

// Of containers.conf, or podman's.
std::string directory_of(const Containers& all) {
  const std::string& set = all.settings().network_config_directory;
  return set.empty() ? network::definitions_directory(::geteuid() == 0) : set;
}

// Each subnet with the gateway and the range that were given at the same place.
Result<Definition> wanted_network(const Line& line) {
  if (line.has("driver") && line.value("driver") != "bridge") {
    return make_error(
        ErrorKind::Unsupported,
        fmt::format("network driver \"{}\": only \"bridge\" is known", line.value("driver")));
  }
  Definition wanted{.name = line.words().empty() ? "" : line.words().front(),
                    .interface = line.value("interface-name"),
                    .ipv6 = line.flag("ipv6"),
                    .internal = line.flag("internal"),
                    .dns = !line.flag("disable-dns"),
                    .labels = parse_labels(line.values("label")),
                    .options = parse_labels(line.values("opt"))};
  const std::vector<std::string> gateways = line.values("gateway");
  const std::vector<std::string> ranges = line.values("ip-range");
  for (const std::string& subnet : line.values("subnet"))
    wanted.subnets.push_back({.subnet = subnet});
  if (gateways.size() > wanted.subnets.size() || ranges.size() > wanted.subnets.size()) {
    return make_error(ErrorKind::InvalidConfig, "--gateway and --ip-range need a --subnet each");
  }
  for (size_t i = 0; i < gateways.size(); ++i) wanted.subnets[i].gateway = gateways[i];
  for (size_t i = 0; i < ranges.size(); ++i) {
    TRY(network::set_lease_range(wanted.subnets[i], ranges[i]));
  }
  return wanted;
}

Result<int> create(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  const Result<Definition> made =
      network::create_definition(directory_of(all), TRY(wanted_network(line)));
  if (!made && made.error().kind == ErrorKind::AlreadyExists && line.flag("ignore")) {
    TRY(print(line.words().front() + '\n'));
    return 0;
  }
  if (!made) return made.error();
  TRY(print(made->name + '\n'));
  return 0;
}

Result<bool> passes(const Definition& definition, const std::vector<std::string>& filters) {
  for (const std::string& text : filters) {
    const Filter filter = TRY(parse_filter(text));
    bool matches = false;
    if (filter.key == "name") {
      matches = definition.name.find(filter.value) != std::string::npos;
    } else if (filter.key == "id") {
      matches = definition.id.starts_with(filter.value);
    } else if (filter.key == "driver") {
      matches = definition.driver == filter.value;
    } else if (filter.key == "label") {
      matches = has_label(definition.labels, filter.value);
    } else {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--filter: \"{}\" is not known", filter.key));
    }
    if (!matches) return false;
  }
  return true;
}

// What a template sees of a network.
Json fields_of(const Definition& definition, bool whole) {
  constexpr size_t kShortId = 12;
  return {{"ID", whole ? definition.id : definition.id.substr(0, kShortId)},
          {"Name", definition.name},
          {"Driver", definition.driver},
          {"NetworkInterface", definition.interface},
          {"Created", definition.created},
          {"Internal", definition.internal},
          {"IPv6Enabled", definition.ipv6},
          {"DNSEnabled", definition.dns},
          {"Labels", json_of(definition.labels)},
          {"Options", json_of(definition.options)},
          {"Subnets", network::json_of(definition)["subnets"]}};
}

Result<int> ls(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  std::vector<Json> documents;
  std::vector<Json> rows;
  for (const Definition& definition : network::list_definitions(directory_of(all))) {
    if (!TRY(passes(definition, line.values("filter")))) continue;
    documents.push_back(network::json_of(definition));
    rows.push_back(fields_of(definition, line.flag("no-trunc")));
  }
  const std::string format = line.flag("quiet") ? "{{.Name}}" : line.value("format");
  if (is_json_format(format)) {
    TRY(print(Json(documents).dump(2) + '\n'));
    return 0;
  }
  if (!format.empty()) {
    const Json titles = {{"ID", "NETWORK ID"}, {"Name", "NAME"}, {"Driver", "DRIVER"}};
    TRY(print(TRY(print_formatted(format, titles, rows))));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  if (!line.flag("noheading")) cells.push_back({"NETWORK ID", "NAME", "DRIVER"});
  for (const Json& row : rows) cells.push_back({row["ID"], row["Name"], row["Driver"]});
  TRY(print(print_table(cells)));
  return 0;
}

Result<int> show(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  constexpr int kIndent = 5;  // as podman has it
  Json documents = Json::array();
  std::vector<Json> rows;
  int status = 0;
  for (const std::string& word : line.words()) {
    const Result<Definition> found = network::find_definition(directory_of(all), word);
    if (!found) {
      log_error(found.error());
      status = kEngine;
      continue;
    }
    documents.push_back(network::json_of(*found));
    rows.push_back(fields_of(*found, true));
  }
  const std::string format = line.value("format");
  if (format.empty() || is_json_format(format)) {
    TRY(print(documents.dump(kIndent) + '\n'));
  } else {
    TRY(print(TRY(print_formatted(format, {}, rows))));
  }
  return status;
}

Result<int> exists(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  return network::find_definition(directory_of(all), line.words().front()) ? 0 : kUnknownStatus;
}

// Ids of containers that are on the network.
std::vector<std::string> users_of(const std::string& name, const Containers& all) {
  std::vector<std::string> users;
  for (const model::Record& record : all.store().list()) {
    if (record.network != "bridge") continue;
    const Result<std::vector<network::AskedNetwork>> asked = network::asked_networks(record);
    if (!asked) continue;
    for (const network::AskedNetwork& each : *asked) {
      if (each.name == name) users.push_back(record.id);
    }
  }
  return users;
}

Result<> remove_one(const Containers& all, const std::string& word) {
  const std::string directory = directory_of(all);
  const Definition found = TRY(network::find_definition(directory, word));
  const std::vector<std::string> users = users_of(found.name, all);
  if (!users.empty()) {
    return make_error(ErrorKind::BadState,
                      fmt::format("\"{}\" has associated containers with it: {}: network is being "
                                  "used",
                                  found.name, users.front()))
        .with_hint("remove these first: ocictl rm CONTAINER");
  }
  return network::remove_definition(directory, found);
}

Result<int> rm(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  return remove_each(line.words(), line.flag("force"), [&](const std::string& word) -> Result<> {
    TRY(remove_one(all, word));
    return print(word + '\n');
  });
}

}  // namespace

Result<Pruned> prune_networks(const Containers& all, const std::vector<std::string>& filters) {
  const std::string directory = directory_of(all);
  Pruned pruned;
  for (const Definition& each : network::list_definitions(directory)) {
    if (!TRY(passes_prunes(filters, each.labels, parse_time(each.created)))) continue;
    if (each.name == "podman" || !users_of(each.name, all).empty()) continue;
    TRY(network::remove_definition(directory, each));
    pruned.names.push_back(each.name);
  }
  return pruned;
}

namespace {

Result<int> prune(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  if (!line.flag("force") &&
      !TRY(is_agreed(
          "WARNING! This will remove all networks not used by at least one container."))) {
    return 0;
  }
  for (const std::string& name : TRY(prune_networks(all, line.values("filter"))).names) {
    TRY(print(name + '\n'));
  }
  return 0;
}

}  // namespace

const Verb kNetworkCreate = {.name = "network create",
                             .words = "[NAME]",
                             .help = "describe a network",
                             .options = kCreateOptions,
                             .most_words = 1,
                             .run = create};

const Verb kNetworkLs = {.name = "network ls",
                         .words = "",
                         .help = "list networks",
                         .options = kLsOptions,
                         .most_words = 0,
                         .run = ls};

const Verb kNetworkInspect = {.name = "network inspect",
                              .words = "NETWORK [NETWORK...]",
                              .help = "show all that is known of networks",
                              .options = kInspectOptions,
                              .fewest_words = 1,
                              .run = show};

const Verb kNetworkExists = {.name = "network exists",
                             .words = "NETWORK",
                             .help = "say by the exit code whether there is such a network",
                             .options = {},
                             .fewest_words = 1,
                             .most_words = 1,
                             .run = exists};

const Verb kNetworkRm = {.name = "network rm",
                         .words = "NETWORK [NETWORK...]",
                         .help = "remove networks that no container is on",
                         .options = kRmOptions,
                         .fewest_words = 1,
                         .run = rm};

const Verb kNetworkPrune = {.name = "network prune",
                            .words = "",
                            .help = "remove all networks that no container is on",
                            .options = kPruneOptions,
                            .most_words = 0,
                            .run = prune};

}  // namespace ocirt::frontend
