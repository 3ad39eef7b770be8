// A conversation with one registry: what is shown when it asks who we are.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "frontend/registry/base64.h"
#include "frontend/registry/curl_library.h"
#include "frontend/registry/registry.h"

namespace ocirt::registry {

namespace {

std::string escape(std::string_view text) {
  char* escaped = curl().easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string result = escaped == nullptr ? "" : escaped;
  curl().free(escaped);
  return result;
}

std::string parameter(const Challenge& challenge, const char* name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string() : found->second;
}

Result<std::string> token_in(const std::string& body, const std::string& realm) {
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
  for (const char* name : {"token", "access_token"}) {
    if (json.is_object() && json.contains(name) && json[name].is_string()) {
      std::string token = json[name].get<std::string>();
      // It becomes part of a header line.
      if (!token.empty() && token.find_first_of("\r\n") == std::string::npos) return token;
    }
  }
  return make_error(ErrorKind::System, fmt::format("{}: answered without a token", realm));
}

}  // namespace

Result<std::string> Registry::fetch_token(const Challenge& challenge, std::string_view actions) {
  const std::string realm = parameter(challenge, "realm");
  const std::string service = parameter(challenge, "service");
  const bool encrypted = realm.starts_with("https://");
  if (!encrypted && !(realm.starts_with("http://") && endpoint_.insecure)) {
    return make_error(ErrorKind::Denied,
                      fmt::format("{}: sends us for a token to \"{}\", which isn't encrypted",
                                  endpoint_.host, realm));
  }
  std::string scope;
  if (!login_check_) {
    scope = fmt::format("repository:{}:{}", endpoint_.repository, actions);
  }
  HttpRequest request{.url = realm, .tls = endpoint_.tls};
  const Credentials& known = endpoint_.credentials;
  if (!known.identity_token.empty()) {
    request.method = "POST";
    request.body = fmt::format(
        "grant_type=refresh_token&service={}&scope={}&client_id=ocictl&refresh_token={}",
        escape(service), escape(scope), escape(known.identity_token));
    request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
  } else {
    request.url += realm.find('?') == std::string::npos ? '?' : '&';
    request.url += "service=" + escape(service);
    if (!scope.empty()) request.url += "&scope=" + escape(scope);
    if (!known.user.empty()) {
      request.url += "&account=" + escape(known.user);
      request.headers.push_back("Authorization: Basic " +
                                encode_base64(known.user + ':' + known.password));
    }
  }
  const HttpResponse response = TRY(http_.run(request));
  constexpr long kOk = 200;
  if (response.status != kOk) return refusal(response, "get a token for " + endpoint_.repository);
  return token_in(response.body, realm);
}

Result<bool> Registry::authorize(const HttpResponse& response, std::string_view actions) {
  for (const Challenge& challenge : parse_challenges(response.header("www-authenticate"))) {
    if (challenge.scheme == "bearer") {
      authorization_ = "Bearer " + TRY(fetch_token(challenge, actions));
      return true;
    }
    if (challenge.scheme == "basic" && !endpoint_.credentials.user.empty()) {
      authorization_ = "Basic " + encode_base64(endpoint_.credentials.user + ':' +
                                                endpoint_.credentials.password);
      return true;
    }
  }
  return false;
}

Result<> Registry::check_login() {
  login_check_ = true;
  (void)TRY(request({}, ""));
  return {};
}

}  // namespace ocirt::registry
