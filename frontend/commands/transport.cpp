// From a name to the registries that may have it, with all that the configuration says of them.
#include "frontend/commands/transport.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

namespace ocirt::frontend {

Result<std::vector<registry::Reference>> resolve_name(const std::string& text,
                                                      images::Progress& /*progress*/) {
  const std::string full = registry::is_short_name(text) ? "docker.io/" + text : text;
  return std::vector<registry::Reference>{TRY(registry::parse_reference(full))};
}

Result<images::Sources> open_sources(Context& context, const Line& line,
                                     const registry::Reference& reference,
                                     const std::string& actions, images::Progress& progress) {
  registry::Endpoint endpoint;
  endpoint.host = reference.host == "docker.io" ? "registry-1.docker.io" : reference.host;
  endpoint.repository = reference.repository;
  endpoint.insecure = !line.flag("tls-verify", true);
  endpoint.tls.verify = !endpoint.insecure;
  images::Sources sources;
  sources.push_back(std::make_unique<registry::Registry>(
      context.http(), endpoint, [&](std::string_view text) { progress.line(text); }));
  sources.back()->set_actions(actions);
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
