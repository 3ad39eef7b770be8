// HTTP exchanges through libcurl, many at a time in one thread. Redirects are not followed here:
// who follows them decides which headers go along.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::registry {

/// How a server is believed.
struct Tls {
  bool verify = true;
  std::string ca_certificates;     // PEM, besides the system's
  std::string client_certificate;  // files
  std::string client_key;
  friend bool operator==(const Tls&, const Tls&) = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;
  std::string body;
  /// For large bodies instead of `body`: fills the buffer and returns how much; 0 ends it.
  std::function<Result<size_t>(std::span<char>)> body_source;
  Tls tls;
  size_t most_body = size_t{16} << 20;  // of the response, if nobody takes it as it comes
};

struct HttpResponse {
  long status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // by lower-case name
  std::string body;

  [[nodiscard]] std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : found->second;
  }
};

/// One exchange under way. Dropping it ends it.
class Exchange {
 public:
  struct Callbacks {
    /// Takes a piece of the body of an answer with `status`. False: not now; the piece comes again
    /// after resume().
    std::function<bool(long status, std::string_view bytes)> body;
    std::function<void(Result<HttpResponse>)> done;
  };
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  /// Goes on after `body` returned false.
  void resume();

 private:
  friend class Http;
  struct State;
  explicit Exchange(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Http {
 public:
  Http();
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  /// One exchange, to its end. Errors: System with libcurl's words, and kind Denied for a
  /// certificate that isn't believed.
  Result<HttpResponse> run(const HttpRequest& request);

  /// Starts an exchange that wait() drives.
  std::unique_ptr<Exchange> start(HttpRequest request, Exchange::Callbacks callbacks);

  /// Waits until something happens, at most `timeout_ms`, and lets all exchanges go on. `fds` are
  /// waited for, too: `events` and `revents` as in poll(2).
  struct WaitFd {
    int fd;
    short events;
    short revents;
  };
  Result<> wait(std::span<WaitFd> fds, int timeout_ms);

 private:
  friend class Exchange;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ocirt::registry
