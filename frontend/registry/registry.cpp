// A conversation with one registry about one repository: scheme, redirects, retries.
#include "frontend/registry/registry.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "frontend/registry/curl_library.h"

namespace ocirt::registry {

namespace {

constexpr long kUnauthorized = 401;
constexpr long kForbidden = 403;
constexpr long kNotFound = 404;
constexpr long kTooMany = 429;

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

struct Origin {
  std::string scheme;
  std::string host;
  std::string port;
  friend bool operator==(const Origin&, const Origin&) = default;
};

Origin origin_of(std::string_view text) {
  Origin origin;
  CURLU* url = curl().url();
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    std::string result;
    if (curl().url_get(url, which, &value, CURLU_DEFAULT_PORT) == CURLUE_OK) result = value;
    curl().free(value);
    return result;
  };
  if (curl().url_set(url, CURLUPART_URL, std::string(text).c_str(), 0) == CURLUE_OK) {
    origin = {.scheme = part(CURLUPART_SCHEME),
              .host = part(CURLUPART_HOST),
              .port = part(CURLUPART_PORT)};
  }
  curl().url_cleanup(url);
  return origin;
}

// The words of the first error in the registry's JSON, or nothing.
std::string registry_words(const std::string& body) {
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("errors")) return {};
  const nlohmann::json& errors = json["errors"];
  if (!errors.is_array() || errors.empty() || !errors[0].is_object()) return {};
  const nlohmann::json message = errors[0].value("message", nlohmann::json());
  return message.is_string() ? message.get<std::string>() : std::string();
}

}  // namespace

bool is_same_origin(std::string_view one, std::string_view other) {
  const Origin origin = origin_of(one);
  return !origin.host.empty() && origin == origin_of(other);
}

std::string resolve_url(const std::string& base, std::string_view location) {
  CURLU* url = curl().url();
  char* text = nullptr;
  std::string result;
  if (curl().url_set(url, CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
      curl().url_set(url, CURLUPART_URL, std::string(location).c_str(), 0) == CURLUE_OK &&
      curl().url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK) {
    result = text;
  }
  curl().free(text);
  curl().url_cleanup(url);
  return result;
}

int backoff_ms(int attempt, const HttpResponse* response) {
  constexpr int kSecond_ms = 1000;
  constexpr int kMostWait_s = 60;
  int seconds = 1 << std::max(0, attempt - 1);
  if (response != nullptr) {
    const std::string_view said = response->header("retry-after");
    std::from_chars(said.data(), said.data() + said.size(), seconds);
  }
  return std::clamp(seconds, 0, kMostWait_s) * kSecond_ms;
}

bool is_worth_a_retry(const Result<HttpResponse>& response) {
  constexpr long kServerError = 500;
  constexpr long kNotImplemented = 501;
  if (!response) return response.error().kind == ErrorKind::System;
  return (response->status >= kServerError && response->status != kNotImplemented) ||
         response->status == kTooMany;
}

Error Registry::refusal(const HttpResponse& response, std::string_view what) const {
  std::string words = registry_words(response.body);
  if (words.empty()) words = fmt::format("HTTP status {}", response.status);
  const std::string host = endpoint_.host;
  ErrorKind kind = ErrorKind::System;
  std::string hint;
  if (response.status == kNotFound) kind = ErrorKind::NotFound;
  if (response.status == kUnauthorized || response.status == kForbidden) {
    kind = ErrorKind::Denied;
    hint = endpoint_.credentials.is_empty()
               ? fmt::format("it may not exist, or you have to log in: ocictl login {}", host)
               : fmt::format("the login for {} may lack the right, or have expired", host);
  }
  if (response.status == kTooMany) {
    std::string limit(response.header("ratelimit-limit"));
    limit = limit.substr(0, limit.find(';'));
    if (!limit.empty()) words += fmt::format(" (limit {})", limit);
    if (const std::string_view after = response.header("retry-after"); !after.empty()) {
      words += fmt::format(", again in {} s", after);
    }
    hint = fmt::format("ocictl login {}, or set a mirror in registries.conf", host);
  }
  return make_error(kind, fmt::format("{}: {} refused: {}", what, host, words)).with_hint(hint);
}

// Which of HTTPS and HTTP the registry speaks. Only an insecure one is asked for both.
Result<> Registry::find_scheme() {
  if (!scheme_.empty()) return {};
  if (!endpoint_.insecure) {
    scheme_ = "https";
    return {};
  }
  Result<HttpResponse> answer = http_.run({.method = "HEAD",
                                           .url = fmt::format("https://{}/v2/", endpoint_.host),
                                           .tls = endpoint_.tls});
  scheme_ = answer ? "https" : "http";
  return {};
}

Result<HttpRequest> Registry::prepare(HttpRequest request, std::string_view path) {
  TRY(find_scheme());
  // A repository may be called "httpd".
  const bool is_url = path.starts_with("http://") || path.starts_with("https://");
  request.url =
      is_url ? std::string(path) : fmt::format("{}://{}/v2/{}", scheme_, endpoint_.host, path);
  request.tls = endpoint_.tls;
  if (!authorization_.empty() &&
      is_same_origin(request.url, fmt::format("{}://{}/", scheme_, endpoint_.host))) {
    request.headers.push_back("Authorization: " + authorization_);
  }
  return request;
}

// Follows redirects. Credentials don't go to another host (CVE-2020-15157), and what isn't
// encrypted isn't followed from what was.
Result<HttpResponse> Registry::exchange(const HttpRequest& request) {
  HttpRequest next = request;
  for (int hops = 0; hops <= kMostRedirects; ++hops) {
    HttpResponse response = TRY(http_.run(next));
    if (!is_redirect(response.status) || next.method == "PUT" || next.method == "PATCH") {
      return response;
    }
    const std::string url = resolve_url(next.url, response.header("location"));
    if (url.empty() || (next.url.starts_with("https:") && !url.starts_with("https:"))) {
      return make_error(ErrorKind::Denied, fmt::format("{}: redirected to \"{}\"", endpoint_.host,
                                                       response.header("location")));
    }
    if (!is_same_origin(next.url, url)) {
      std::erase_if(next.headers,
                    [](const std::string& header) { return header.starts_with("Authorization:"); });
    }
    next.url = url;
  }
  return make_error(ErrorKind::System, fmt::format("{}: too many redirects", endpoint_.host));
}

Result<HttpResponse> Registry::request(HttpRequest request, std::string_view path) {
  bool authorized = false;
  for (int attempt = 1;; ++attempt) {
    Result<HttpResponse> response = exchange(TRY(prepare(request, path)));
    if (response && response->status == kUnauthorized && !authorized) {
      authorized = true;
      if (TRY(authorize(*response, actions_))) {
        --attempt;
        continue;
      }
    }
    if (!is_worth_a_retry(response) || attempt > kMostRetries) {
      if (!response) return response;
      constexpr long kOk = 200;
      constexpr long kRedirect = 300;
      if (response->status >= kOk && response->status < kRedirect) return response;
      return refusal(*response, path);
    }
    const int wait_ms = backoff_ms(attempt, response ? &*response : nullptr);
    if (notice_) {
      notice_(fmt::format("Failed, retrying in {}s ... ({}/{}). {}", wait_ms / 1000, attempt,
                          kMostRetries,
                          response ? refusal(*response, path).text : response.error().text));
    }
    const timespec pause{.tv_sec = wait_ms / 1000, .tv_nsec = 0};
    (void)::nanosleep(&pause, nullptr);
  }
}

}  // namespace ocirt::registry
