// HTTP exchanges through libcurl, many at a time in one thread.
#include "frontend/registry/http.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "frontend/registry/curl_library.h"
#include "sys/file.h"

namespace ocirt::registry {

namespace {

constexpr long kConnectTimeout_s = 30;
constexpr long kStalledBytesPerSecond = 1;
constexpr long kStalledTime_s = 60;
constexpr long kReceiveBuffer = 256 << 10;
constexpr const char* kSystemCertificates = "/etc/ssl/certs/ca-certificates.crt";
constexpr size_t kMostCertificates = 8 << 20;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

struct Http::State {
  CURLM* multi = nullptr;
};

struct Exchange::State {
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  HttpRequest request;
  Callbacks callbacks;
  HttpResponse response;
  std::string certificates;
  char words[CURL_ERROR_SIZE] = {};
  bool body_too_long = false;
  Result<> source_failed;
  bool paused = false;

  ~State() {
    if (easy != nullptr) {
      curl().multi_remove_handle(multi, easy);
      curl().easy_cleanup(easy);
    }
    curl().slist_free_all(headers);
  }
};

// The callbacks of libcurl. They must not throw through it; what they call doesn't.
struct ExchangeHooks {
  static size_t header(char* data, size_t size, size_t count, void* context) {
    auto& response = *static_cast<HttpResponse*>(context);
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) response.headers.clear();  // the final answer's only
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos) {
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && std::strchr(" \t\r\n", value.front()) != nullptr) {
        value.remove_prefix(1);
      }
      while (!value.empty() && std::strchr(" \t\r\n", value.back()) != nullptr) {
        value.remove_suffix(1);
      }
      std::string& slot = response.headers[lower(line.substr(0, colon))];
      if (!slot.empty()) slot += ", ";
      slot += value;
    }
    return size * count;
  }
};

namespace {

template <typename ExchangeState>
size_t take_body(char* data, size_t size, size_t count, void* context) {
  auto& state = *static_cast<ExchangeState*>(context);
  const std::string_view bytes(data, size * count);
  if (state.callbacks.body) {
    long status = 0;
    curl().easy_getinfo(state.easy, CURLINFO_RESPONSE_CODE, &status);
    if (state.callbacks.body(status, bytes)) return bytes.size();
    state.paused = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  if (state.response.body.size() + bytes.size() > state.request.most_body) {
    state.body_too_long = true;
    return 0;
  }
  state.response.body += bytes;
  return bytes.size();
}

template <typename ExchangeState>
size_t give_body(char* buffer, size_t size, size_t count, void* context) {
  auto& state = *static_cast<ExchangeState*>(context);
  Result<size_t> given = state.request.body_source({buffer, size * count});
  if (given) return *given;
  state.source_failed = std::move(given).error();
  return CURL_READFUNC_ABORT;
}

// The system's certificates and those of the registry: libcurl takes only one list.
std::string all_certificates(const Tls& tls) {
  std::string text =
      sys::read_file(AT_FDCWD, kSystemCertificates, kMostCertificates).value_or(std::string());
  return text + '\n' + tls.ca_certificates;
}

template <typename ExchangeState>
void set_tls(ExchangeState& state) {
  const Tls& tls = state.request.tls;
  CURL* easy = state.easy;
  curl().easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl().easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
  if (!tls.ca_certificates.empty()) {
    state.certificates = all_certificates(tls);
    curl_blob blob{.data = state.certificates.data(),
                   .len = state.certificates.size(),
                   .flags = CURL_BLOB_NOCOPY};
    curl().easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (!tls.client_certificate.empty()) {
    curl().easy_setopt(easy, CURLOPT_SSLCERT, tls.client_certificate.c_str());
    curl().easy_setopt(easy, CURLOPT_SSLKEY, tls.client_key.c_str());
  }
}

template <typename ExchangeState>
void set_body(ExchangeState& state) {
  CURL* easy = state.easy;
  const HttpRequest& request = state.request;
  if (request.method == "HEAD") {
    curl().easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.body_source) {
    curl().easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl().easy_setopt(easy, CURLOPT_READFUNCTION, give_body<ExchangeState>);
    curl().easy_setopt(easy, CURLOPT_READDATA, &state);
    curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  } else if (request.method != "GET") {
    curl().easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request.body.size()));
    curl().easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl().easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

template <typename ExchangeState>
void set_options(ExchangeState& state) {
  CURL* easy = state.easy;
  curl().easy_setopt(easy, CURLOPT_PRIVATE, &state);
  curl().easy_setopt(easy, CURLOPT_URL, state.request.url.c_str());
  curl().easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl().easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl().easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl().easy_setopt(easy, CURLOPT_ERRORBUFFER, state.words);
  curl().easy_setopt(easy, CURLOPT_USERAGENT, "ocictl");
  curl().easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectTimeout_s);
  curl().easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kStalledBytesPerSecond);
  curl().easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kStalledTime_s);
  curl().easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBuffer);
  curl().easy_setopt(easy, CURLOPT_HEADERFUNCTION, ExchangeHooks::header);
  curl().easy_setopt(easy, CURLOPT_HEADERDATA, &state.response);
  curl().easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body<ExchangeState>);
  curl().easy_setopt(easy, CURLOPT_WRITEDATA, &state);
  for (const std::string& header : state.request.headers) {
    state.headers = curl().slist_append(state.headers, header.c_str());
  }
  state.headers = curl().slist_append(state.headers, "Expect:");
  curl().easy_setopt(easy, CURLOPT_HTTPHEADER, state.headers);
  set_tls(state);
  set_body(state);
}

Error curl_error(CURLcode code, std::string_view words, const std::string& url) {
  // The query may hold a signature that is as good as a password.
  const std::string shown = url.substr(0, url.find('?'));
  Error error =
      make_error(ErrorKind::System,
                 fmt::format("{}: {}", shown, words.empty() ? curl().easy_strerror(code) : words));
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    error.kind = ErrorKind::Denied;
    error.hint = "put the registry's CA into /etc/containers/certs.d/HOST:PORT/ca.crt";
  }
  return error;
}

}  // namespace

Exchange::Exchange(std::unique_ptr<State> state) : state_(std::move(state)) {}
Exchange::~Exchange() = default;

void Exchange::resume() {
  if (!state_->paused) return;
  state_->paused = false;
  curl().easy_pause(state_->easy, CURLPAUSE_CONT);
}

Http::Http() : state_(std::make_unique<State>()) {
  curl().global_init(CURL_GLOBAL_DEFAULT);
  state_->multi = curl().multi_init();
  constexpr long kConnectionsPerHost = 8;
  curl().multi_setopt(state_->multi, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
}

Http::~Http() {
  curl().multi_cleanup(state_->multi);
  curl().global_cleanup();
}

std::unique_ptr<Exchange> Http::start(HttpRequest request, Exchange::Callbacks callbacks) {
  auto state = std::make_unique<Exchange::State>();
  state->multi = state_->multi;
  state->request = std::move(request);
  state->callbacks = std::move(callbacks);
  state->easy = curl().easy_init();
  set_options(*state);
  curl().multi_add_handle(state_->multi, state->easy);
  return std::unique_ptr<Exchange>(new Exchange(std::move(state)));
}

Result<> Http::wait(std::span<WaitFd> fds, int timeout_ms) {
  std::vector<curl_waitfd> others;
  others.reserve(fds.size());
  for (const WaitFd& wanted : fds) {
    short events = 0;
    if ((wanted.events & 1) != 0) events |= CURL_WAIT_POLLIN;
    if ((wanted.events & 4) != 0) events |= CURL_WAIT_POLLOUT;
    others.push_back({.fd = wanted.fd, .events = events, .revents = 0});
  }
  // Nothing is performed before the wait: a callback may pause its exchange for an fd that is not
  // among `fds` yet. What was started or resumed since ends the wait at once.
  const CURLMcode code = curl().multi_poll(
      state_->multi, others.data(), static_cast<unsigned>(others.size()), timeout_ms, nullptr);
  if (code != CURLM_OK) return make_error(ErrorKind::System, curl().multi_strerror(code));
  for (size_t i = 0; i < fds.size(); ++i) fds[i].revents = others[i].revents;
  int running = 0;
  curl().multi_perform(state_->multi, &running);

  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(state_->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* pointer = nullptr;
    curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &pointer);
    auto& state = *reinterpret_cast<Exchange::State*>(pointer);
    const CURLcode result = message->data.result;
    curl().easy_getinfo(state.easy, CURLINFO_RESPONSE_CODE, &state.response.status);
    // The callback may drop the exchange, and with it itself.
    const auto done = std::move(state.callbacks.done);
    if (!state.source_failed) {
      done(std::move(state.source_failed).error());
    } else if (state.body_too_long) {
      done(make_error(ErrorKind::InvalidConfig,
                      fmt::format("{}: the answer is longer than {} bytes", state.request.url,
                                  state.request.most_body)));
    } else if (result != CURLE_OK) {
      done(curl_error(result, state.words, state.request.url));
    } else {
      done(std::move(state.response));
    }
  }
  return {};
}

Result<HttpResponse> Http::run(const HttpRequest& request) {
  Result<HttpResponse> result = make_error(ErrorKind::Bug, "no answer");
  bool done = false;
  const std::unique_ptr<Exchange> exchange =
      start(request, {.body = {}, .done = [&](Result<HttpResponse> response) {
                        result = std::move(response);
                        done = true;
                      }});
  constexpr int kTick_ms = 1000;
  while (!done) TRY(wait({}, kTick_ms));
  return result;
}

}  // namespace ocirt::registry
