// registries.conf: where images are really fetched from, and what short names mean.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/registry/reference.h"

namespace ocirt::registry {

struct Mirror {
  std::string location;
  bool insecure = false;
  std::string pulls = "all";  // or "digest-only", "tag-only"
};

struct RegistryRule {
  std::string prefix;
  std::string location;
  bool insecure = false;
  bool blocked = false;
  bool mirror_by_digest_only = false;
  std::vector<Mirror> mirrors;
};

struct RegistriesConf {
  std::string file;  // the main one, for people
  std::vector<std::string> search;
  bool has_search = false;
  std::string short_name_mode = "permissive";
  std::vector<RegistryRule> rules;
  std::map<std::string, std::string> aliases;
  std::vector<std::string> credential_helpers;
};

/// One place to fetch a repository from.
struct Place {
  std::string host;
  std::string repository;
  bool insecure = false;
};

/// Reads the main file and the drop-ins, as containers-registries.conf(5) says. Errors:
/// InvalidConfig with file and line.
Result<RegistriesConf> load_registries_conf();

/// Adds what a document says. Errors: InvalidConfig.
Result<> add_registries_conf(RegistriesConf& conf, std::string_view text);

/// The places of an image, mirrors first. Errors: Denied if it is blocked.
Result<std::vector<Place>> places_of(const RegistriesConf& conf, const Reference& reference);

/// What a short name may mean, best first. `by_alias` tells which alias it was.
struct Candidates {
  std::vector<Reference> references;
  bool by_alias = false;
};
/// Errors: NotFound if nothing says what it means, InvalidConfig if it is no name.
Result<Candidates> resolve_short_name(const RegistriesConf& conf, std::string_view text);

}  // namespace ocirt::registry
