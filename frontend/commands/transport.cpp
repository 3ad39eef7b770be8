// From a name to the registries that may have it, with all that the configuration says of them.
#include "frontend/commands/transport.h"

#include <dirent.h>
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "frontend/registry/auth_file.h"
#include "frontend/registry/conf_files.h"
#include "frontend/registry/policy.h"
#include "frontend/registry/registries_conf.h"

namespace ocirt::frontend {

namespace {

std::vector<std::string> files_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) names.emplace_back(entry->d_name);
  (void)::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

// Of certs.d/HOST:PORT, as containers-certs.d(5): *.crt are authorities, *.cert and *.key are ours.
Result<> add_certificates(const std::string& directory, registry::Tls& tls) {
  for (const std::string& name : files_in(directory)) {
    const std::string path = directory + '/' + name;
    if (name.ends_with(".crt")) {
      const std::optional<std::string> text = TRY(registry::read_conf_file(path));
      tls.ca_certificates += text.value_or("") + '\n';
    } else if (name.ends_with(".cert")) {
      tls.client_certificate = path;
      tls.client_key = path.substr(0, path.size() - 5) + ".key";
    }
  }
  return {};
}

Result<registry::Tls> tls_for(const Line& line, const std::string& host, bool insecure) {
  registry::Tls tls{.verify = !insecure};
  if (line.has("cert-dir")) {
    TRY(add_certificates(line.value("cert-dir"), tls));
    return tls;
  }
  const std::string home = registry::home_directory();
  for (const std::string& base :
       {home + "/.config/containers/certs.d", std::string("/etc/containers/certs.d"),
        std::string("/etc/docker/certs.d")}) {
    TRY(add_certificates(base + '/' + host, tls));
    if (!tls.ca_certificates.empty() || !tls.client_certificate.empty()) break;
  }
  return tls;
}

}  // namespace

registry::Credentials split_credentials(const std::string& text) {
  const size_t colon = text.find(':');
  return {.user = text.substr(0, colon),
          .password = colon == std::string::npos ? "" : text.substr(colon + 1),
          .identity_token = ""};
}

Result<registry::Endpoint> endpoint_for(const Line& line, const std::string& host,
                                        const std::string& repository, bool insecure) {
  registry::Endpoint endpoint;
  endpoint.repository = repository;
  endpoint.insecure = line.has("tls-verify") ? !line.flag("tls-verify") : insecure;
  endpoint.host = host == "docker.io" ? "registry-1.docker.io" : host;
  endpoint.tls = TRY(tls_for(line, host, endpoint.insecure));
  endpoint.credentials =
      line.has("creds") ? split_credentials(line.value("creds"))
                        : TRY(registry::find_credentials(line.value("authfile"), host, repository));
  return endpoint;
}

Result<std::vector<registry::Reference>> resolve_name(const std::string& text,
                                                      images::Progress& progress) {
  const registry::RegistriesConf conf = TRY(registry::load_registries_conf());
  const registry::Candidates candidates = TRY(registry::resolve_short_name(conf, text));
  if (candidates.by_alias) {
    progress.line(fmt::format("Resolved \"{}\" as an alias ({})", text, conf.file));
  } else if (candidates.references.size() > 1) {
    progress.line(
        fmt::format("Resolving \"{}\" using unqualified-search registries ({})", text, conf.file));
  }
  return candidates.references;
}

Result<images::Sources> open_sources(Context& context, const Line& line,
                                     const registry::Reference& reference,
                                     const std::string& actions, images::Progress& progress) {
  const registry::RegistriesConf conf = TRY(registry::load_registries_conf());
  const bool pulling = actions == "pull";
  if (pulling) {
    TRY(registry::check_policy(TRY(registry::load_policy(line.value("signature-policy"))),
                               reference));
  }
  std::vector<registry::Place> places = TRY(registry::places_of(conf, reference));
  // Mirrors are for reading.
  if (!pulling) places.erase(places.begin(), places.end() - 1);
  images::Sources sources;
  for (const registry::Place& place : places) {
    sources.push_back(std::make_unique<registry::Registry>(
        context.http(), TRY(endpoint_for(line, place.host, place.repository, place.insecure)),
        [&progress](std::string_view text) { progress.line(text); }));
    sources.back()->set_actions(actions);
  }
  return sources;
}

Result<std::vector<std::string>> list_tags(registry::Registry& source) {
  const registry::HttpResponse response =
      TRY(source.request({}, source.endpoint().repository + "/tags/list"));
  const nlohmann::json json = nlohmann::json::parse(response.body, nullptr, false);
  std::vector<std::string> tags;
  if (!json.is_object() || !json.contains("tags")) return tags;
  for (const nlohmann::json& tag : json["tags"]) {
    if (tag.is_string()) tags.push_back(tag.get<std::string>());
  }
  return tags;
}

}  // namespace ocirt::frontend
