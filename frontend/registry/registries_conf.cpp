// registries.conf: where images are really fetched from, and what short names mean.
#include "frontend/registry/registries_conf.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "frontend/registry/conf_files.h"
#include "frontend/registry/toml.h"

namespace ocirt::registry {

namespace {

using nlohmann::json;

std::string string_in(const json& table, const char* key) {
  return table.contains(key) && table[key].is_string() ? table[key].get<std::string>() : "";
}

bool flag_in(const json& table, const char* key) {
  return table.contains(key) && table[key].is_boolean() && table[key].get<bool>();
}

std::vector<std::string> strings_in(const json& table, const char* key) {
  std::vector<std::string> list;
  if (!table.contains(key) || !table[key].is_array()) return list;
  for (const json& item : table[key]) {
    if (item.is_string()) list.push_back(item.get<std::string>());
  }
  return list;
}

Result<RegistryRule> read_rule(const json& table) {
  RegistryRule rule{.prefix = string_in(table, "prefix"),
                    .location = string_in(table, "location"),
                    .insecure = flag_in(table, "insecure"),
                    .blocked = flag_in(table, "blocked"),
                    .mirror_by_digest_only = flag_in(table, "mirror-by-digest-only"),
                    .mirrors = {}};
  const bool wild = rule.prefix.starts_with("*.");
  if (rule.prefix.empty()) rule.prefix = rule.location;
  if (rule.prefix.empty() || (rule.location.empty() && !wild)) {
    return make_error(ErrorKind::InvalidConfig, "a [[registry]] has neither prefix nor location");
  }
  for (const json& mirror : table.value("mirror", json::array())) {
    rule.mirrors.push_back({.location = string_in(mirror, "location"),
                            .insecure = flag_in(mirror, "insecure"),
                            .pulls = "all"});
    const std::string pulls = string_in(mirror, "pull-from-mirror");
    if (!pulls.empty()) rule.mirrors.back().pulls = pulls;
    if (rule.mirrors.back().location.empty()) {
      return make_error(ErrorKind::InvalidConfig, "a [[registry.mirror]] has no location");
    }
  }
  return rule;
}

// How much of the name the prefix matches, ending at '/', ':', '@' or the end; 0: not at all.
size_t match_length(const std::string& prefix, const std::string& name) {
  if (prefix.starts_with("*.")) {
    const size_t end = std::min(name.find('/'), name.size());
    const std::string host = name.substr(0, std::min(name.find(':'), end));
    return host.ends_with(prefix.substr(1)) && host.size() > prefix.size() - 1 ? end : 0;
  }
  if (!name.starts_with(prefix)) return 0;
  const char next = name.size() > prefix.size() ? name[prefix.size()] : '/';
  return next == '/' || next == ':' || next == '@' ? prefix.size() : 0;
}

Result<Place> place_at(const std::string& name, bool insecure) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("registries.conf leads to \"{}\", which is no repository", name));
  }
  return Place{
      .host = name.substr(0, slash), .repository = name.substr(slash + 1), .insecure = insecure};
}

}  // namespace

Result<> add_registries_conf(RegistriesConf& conf, std::string_view text) {
  const json document = TRY(parse_toml(text));
  if (document.contains("registries")) {
    return make_error(ErrorKind::Unsupported, "it has the form of version 1")
        .with_hint("write it as containers-registries.conf(5), version 2");
  }
  if (document.contains("unqualified-search-registries")) {
    conf.search = strings_in(document, "unqualified-search-registries");
    conf.has_search = true;
  }
  if (document.contains("credential-helpers")) {
    conf.credential_helpers = strings_in(document, "credential-helpers");
  }
  if (const std::string mode = string_in(document, "short-name-mode"); !mode.empty()) {
    if (mode != "enforcing" && mode != "permissive" && mode != "disabled") {
      return make_error(ErrorKind::InvalidConfig, fmt::format("short-name-mode \"{}\"", mode));
    }
    conf.short_name_mode = mode;
  }
  const json rules = document.value("registry", json::array());
  for (const json& table : rules.is_array() ? rules : json::array()) {
    RegistryRule rule = TRY(read_rule(table));
    std::erase_if(conf.rules, [&](const RegistryRule& old) { return old.prefix == rule.prefix; });
    conf.rules.push_back(std::move(rule));
  }
  const json aliases = document.value("aliases", json::object());
  if (!aliases.is_object()) return make_error(ErrorKind::InvalidConfig, "aliases is no table");
  for (const auto& [name, value] : aliases.items()) {
    // An empty value takes back what an earlier file said.
    conf.aliases[name] = value.is_string() ? value.get<std::string>() : "";
  }
  return {};
}

Result<RegistriesConf> load_registries_conf() {
  RegistriesConf conf;
  const ConfFiles files =
      find_conf_files("registries.conf", {"CONTAINERS_REGISTRIES_CONF", "REGISTRIES_CONFIG_PATH"});
  conf.file = files.main;
  for (const std::string& file : files.all()) {
    const std::optional<std::string> text = TRY(read_conf_file(file));
    if (!text) continue;
    Result<> added = add_registries_conf(conf, *text);
    if (!added) {
      added.error().text = fmt::format("{}: {}", file, added.error().text);
      return std::move(added).error();
    }
  }
  return conf;
}

Result<std::vector<Place>> places_of(const RegistriesConf& conf, const Reference& reference) {
  const RegistryRule* best = nullptr;
  size_t best_length = 0;
  const std::string name = reference.name();
  for (const RegistryRule& rule : conf.rules) {
    const size_t length = match_length(rule.prefix, reference.text());
    if (length == 0 || (best != nullptr && rule.prefix.size() <= best->prefix.size())) continue;
    best = &rule;
    best_length = length;
  }
  if (best == nullptr) return std::vector<Place>{TRY(place_at(name, false))};
  if (best->blocked) {
    return make_error(ErrorKind::Denied, fmt::format("{}: registry {} is blocked in {}", name,
                                                     best->prefix, conf.file));
  }
  const std::string rest = name.substr(std::min(best_length, name.size()));
  std::vector<Place> places;
  for (const Mirror& mirror : best->mirrors) {
    const bool by_digest = reference.digest.has_value();
    if ((best->mirror_by_digest_only || mirror.pulls == "digest-only") && !by_digest) continue;
    if (mirror.pulls == "tag-only" && by_digest) continue;
    places.push_back(TRY(place_at(mirror.location + rest, mirror.insecure)));
  }
  const std::string location =
      best->location.empty() ? name.substr(0, best_length) : best->location;
  places.push_back(TRY(place_at(location + rest, best->insecure)));
  return places;
}

Result<Candidates> resolve_short_name(const RegistriesConf& conf, std::string_view text) {
  Candidates candidates;
  if (!is_short_name(text)) {
    candidates.references.push_back(TRY(parse_reference(text)));
    return candidates;
  }
  const size_t end = std::min(text.find_first_of(":@"), text.size());
  const auto alias = conf.aliases.find(std::string(text.substr(0, end)));
  if (conf.short_name_mode != "disabled" && alias != conf.aliases.end() && !alias->second.empty()) {
    candidates.by_alias = true;
    candidates.references.push_back(
        TRY(parse_reference(alias->second + std::string(text.substr(end)))));
    return candidates;
  }
  // Without any word of an administrator a short name means what it means to docker.
  const std::vector<std::string> search =
      conf.has_search ? conf.search : std::vector<std::string>{"docker.io"};
  if (search.empty()) {
    return make_error(ErrorKind::NotFound,
                      fmt::format("short-name \"{}\" did not resolve to an alias and no "
                                  "unqualified-search registries are defined in \"{}\"",
                                  text, conf.file));
  }
  if (search.size() > 1 && conf.short_name_mode == "enforcing" && ::isatty(STDIN_FILENO) != 1) {
    return make_error(ErrorKind::Denied,
                      fmt::format("short-name \"{}\" may mean images of {} registries, and "
                                  "short-name-mode is enforcing",
                                  text, search.size()))
        .with_hint("name the registry: docker.io/library/" + std::string(text));
  }
  for (const std::string& host : search) {
    candidates.references.push_back(TRY(parse_reference(fmt::format("{}/{}", host, text))));
  }
  return candidates;
}

}  // namespace ocirt::registry
