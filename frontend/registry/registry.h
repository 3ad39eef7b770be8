// A conversation with one registry about one repository: scheme, authorization, redirects, retries.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/registry/challenge.h"
#include "frontend/registry/http.h"

namespace ocirt::registry {

struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // instead of both: OAuth2's refresh token
  [[nodiscard]] bool is_empty() const { return user.empty() && identity_token.empty(); }
};

/// Where a repository is.
struct Endpoint {
  std::string host;        // "localhost:5000"; docker.io's is registry-1.docker.io
  std::string repository;  // at that host
  bool insecure = false;   // certificates aren't checked, and plain HTTP is fine
  Tls tls;
  Credentials credentials;
};

/// Tells people that something is tried again, in one line.
using Notice = std::function<void(std::string_view)>;

class Registry {
 public:
  Registry(Http& http, Endpoint endpoint, Notice notice = {})
      : http_(http), endpoint_(std::move(endpoint)), notice_(std::move(notice)) {}

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] Http& http() const { return http_; }

  /// A request to "/v2/PATH". Authorizes itself, follows redirects, tries again what may work then.
  /// Errors: NotFound for 404; Denied for 401 and 403; System for all else that isn't 2xx, with the
  /// registry's own words.
  Result<HttpResponse> request(HttpRequest request, std::string_view path);

  /// The same, but one exchange without any of it, for who drives it himself: the complete request.
  Result<HttpRequest> prepare(HttpRequest request, std::string_view path);
  /// Takes what a 401 asks for. False: there is nothing (more) that could be shown.
  Result<bool> authorize(const HttpResponse& refusal, std::string_view actions);

  /// What the answer says went wrong, if it isn't 2xx.
  [[nodiscard]] Error refusal(const HttpResponse& response, std::string_view what) const;

  /// "/v2/": are the credentials right?
  Result<> check_login();

  void set_actions(std::string actions) { actions_ = std::move(actions); }

 private:
  Result<HttpResponse> exchange(const HttpRequest& request);
  Result<> find_scheme();
  Result<std::string> fetch_token(const Challenge& challenge, std::string_view actions);

  Http& http_;
  Endpoint endpoint_;
  Notice notice_;
  std::string scheme_;         // "https" or "http", once it is known
  std::string authorization_;  // the header's value
  std::string actions_ = "pull";
  bool login_check_ = false;
};

/// Whether both URLs have the same scheme, host and port: credentials may go from one to the other.
bool is_same_origin(std::string_view one, std::string_view other);

/// The URL that `location` means when it comes with the answer from `base`.
std::string resolve_url(const std::string& base, std::string_view location);

/// Waits before try number `attempt` (from 1), in ms: 1 s, 2 s, 4 s, or what Retry-After says.
int backoff_ms(int attempt, const HttpResponse* response);

inline constexpr int kMostRetries = 3;
inline constexpr int kMostRedirects = 10;

/// Whether the same request may work later.
bool is_worth_a_retry(const Result<HttpResponse>& response);

}  // namespace ocirt::registry
