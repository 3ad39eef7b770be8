// policy.json: which images may be pulled at all.
#include "frontend/registry/policy.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "frontend/registry/conf_files.h"

namespace ocirt::registry {

namespace {

using nlohmann::json;

Error broken(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "policy.json: " + std::move(what));
}

// JSON in which a key that is there twice is an error: two readers could take either.
Result<json> parse_strictly(std::string_view text) {
  std::vector<std::set<std::string>> keys;
  bool twice = false;
  const json::parser_callback_t watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) keys.emplace_back();
    if (event == json::parse_event_t::object_end) keys.pop_back();
    if (event == json::parse_event_t::key) {
      twice = !keys.back().insert(parsed.get<std::string>()).second || twice;
    }
    return true;
  };
  json value = json::parse(text, watch, false);
  if (!value.is_object()) return broken("it is no JSON object");
  if (twice) return broken("a key is there twice");
  return value;
}

Result<> check_requirements(const json& requirements, const std::string& scope,
                            const Reference& reference) {
  if (!requirements.is_array() || requirements.empty()) {
    return broken(fmt::format("\"{}\" has no requirements", scope));
  }
  for (const json& requirement : requirements) {
    const std::string type =
        requirement.is_object() && requirement.contains("type") && requirement["type"].is_string()
            ? requirement["type"].get<std::string>()
            : "";
    if (type == "insecureAcceptAnything" && requirement.size() == 1) continue;
    if (type == "reject" && requirement.size() == 1) {
      return make_error(ErrorKind::Denied, fmt::format("{}: the policy for \"{}\" rejects it",
                                                       reference.text(), scope));
    }
    if (type == "signedBy" || type == "sigstoreSigned") {
      return make_error(ErrorKind::Denied,
                        fmt::format("{}: the policy for \"{}\" demands a signature ({}), which "
                                    "can't be verified here",
                                    reference.text(), scope, type));
    }
    return broken(fmt::format("\"{}\" has an unknown requirement \"{}\"", scope, type));
  }
  return {};
}

// The scopes of a name, the narrowest first: tag or digest, repository, namespaces, host, "*.", "".
std::vector<std::string> scopes_of(const Reference& reference) {
  std::vector<std::string> scopes;
  if (!reference.tag.empty()) scopes.push_back(reference.name() + ':' + reference.tag);
  if (reference.digest) scopes.push_back(reference.name() + '@' + reference.digest->text());
  std::string name = reference.name();
  while (true) {
    scopes.push_back(name);
    const size_t slash = name.rfind('/');
    if (slash == std::string::npos) break;
    name.erase(slash);
  }
  std::string host = reference.host.substr(0, reference.host.find(':'));
  for (size_t dot = host.find('.'); dot != std::string::npos; dot = host.find('.')) {
    host.erase(0, dot + 1);
    scopes.push_back("*." + host);
  }
  scopes.emplace_back("");
  return scopes;
}

}  // namespace

Result<> check_policy(std::string_view text, const Reference& reference) {
  const json policy = TRY(parse_strictly(text));
  for (const auto& [key, value] : policy.items()) {
    if (key != "default" && key != "transports")
      return broken(fmt::format("unknown key \"{}\"", key));
  }
  if (!policy.contains("default")) return broken("\"default\" is missing");
  const json transports = policy.value("transports", json::object());
  if (!transports.is_object()) return broken("\"transports\" is no object");
  const json docker = transports.value("docker", json::object());
  if (!docker.is_object()) return broken("\"docker\" is no object");
  for (const std::string& scope : scopes_of(reference)) {
    if (docker.contains(scope)) return check_requirements(docker[scope], scope, reference);
  }
  return check_requirements(policy["default"], "default", reference);
}

Result<std::string> load_policy(const std::string& file) {
  std::vector<std::string> candidates = {file};
  if (file.empty()) {
    candidates = {home_directory() + "/.config/containers/policy.json",
                  "/etc/containers/policy.json"};
  }
  for (const std::string& candidate : candidates) {
    std::optional<std::string> text = TRY(read_conf_file(candidate));
    if (text) return std::move(*text);
  }
  return make_error(ErrorKind::Denied, fmt::format("there is no policy at {}", candidates.back()))
      .with_hint("to accept any image: {\"default\": [{\"type\": \"insecureAcceptAnything\"}]}");
}

}  // namespace ocirt::registry
