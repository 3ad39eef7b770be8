// One layer on its way from a registry into the store: the exchanges with registries.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "frontend/images/clock.h"
#include "frontend/images/layer_pull.h"
#include "sys/file.h"

namespace ocirt::images {

namespace {

constexpr long kOk = 200;
constexpr long kPartial = 206;
constexpr long kFirstRedirect = 300;
constexpr long kFirstRefusal = 400;
constexpr long kUnauthorized = 401;
// Smaller layers are fetched again rather than spooled.
constexpr uint64_t kSmallestSpooled = 1 << 20;

}  // namespace

// Asks for what is missing.
Result<> LayerPull::fetch() {
  if (received_ == blob_.size) return complete();
  registry::HttpRequest request;
  if (received_ > 0) request.headers.push_back(fmt::format("Range: bytes={}-", received_));
  const std::string path =
      fmt::format("{}/blobs/{}", source().endpoint().repository, blob_.digest.text());
  request = TRY(source().prepare(std::move(request), url_.empty() ? path : url_));
  skip_ = 0;
  state_ = State::Fetching;
  exchange_ = source().http().start(
      std::move(request),
      {.body = [this](long status, std::string_view bytes) { return take(status, bytes); },
       .done = [this](Result<registry::HttpResponse> response) { answer_ = std::move(response); }});
  return {};
}

// A piece of the layer. False: the unpacker is behind, come again. Runs within libcurl.
bool LayerPull::take(long status, std::string_view bytes) {
  if (status != kOk && status != kPartial) return true;  // a refusal's words
  if (failed_ || unpacker_ended_) return true;
  if (!pending_.empty()) return false;
  if (!seen_answer_ && status == kOk) skip_ = received_;  // the server knows no ranges
  seen_answer_ = true;
  const size_t skipped = std::min<uint64_t>(skip_, bytes.size());
  skip_ -= skipped;
  bytes.remove_prefix(skipped);
  if (bytes.empty()) return true;
  if (received_ + bytes.size() > blob_.size) {
    failed_ =
        make_error(ErrorKind::InvalidConfig,
                   fmt::format("layer {}: the registry sends more than the {} bytes of its size",
                               blob_.digest.text(), blob_.size));
    return true;
  }
  attempts_ = 0;  // it goes on
  hasher_.update(bytes);
  received_ += bytes.size();
  if (blob_.size >= kSmallestSpooled) {
    if (Result<> kept = sys::write_all(spool_.get(), bytes); !kept) {
      failed_ = std::move(kept).error();
      failed_->text = "keep the bytes of a layer: " + failed_->text;
      return true;
    }
  }
  progress_.update(bar_, received_);
  pending_ = bytes;
  if (Result<> written = flush(); !written) failed_ = std::move(written).error();
  return true;
}

// An exchange has ended: with all bytes, a redirect, a question who we are, or a failure.
Result<> LayerPull::fetched(Result<registry::HttpResponse> response) {
  seen_answer_ = false;
  const long status = response ? response->status : 0;
  if (status >= kFirstRedirect && status < kFirstRefusal) {
    const std::string base = url_.empty() ? TRY(source().prepare({}, "")).url : url_;
    url_ = registry::resolve_url(base, response->header("location"));
    if (url_.empty() || ++redirects_ > registry::kMostRedirects) {
      return make_error(ErrorKind::System,
                        fmt::format("layer {}: redirected without end", blob_.digest.short_hex()));
    }
    if (base.starts_with("https:") && !url_.starts_with("https:")) {
      return make_error(ErrorKind::Denied,
                        fmt::format("layer {}: redirected to \"{}\", which isn't encrypted",
                                    blob_.digest.short_hex(), url_));
    }
    return fetch();
  }
  if (status == kUnauthorized && !authorized_) {
    authorized_ = true;
    url_.clear();
    if (TRY(source().authorize(*response, "pull"))) return fetch();
  }
  if ((status == kOk || status == kPartial) && received_ == blob_.size) return complete();
  return retry(std::move(response));
}

// Tries again what may work later, then the next source.
Result<> LayerPull::retry(Result<registry::HttpResponse> response) {
  authorized_ = false;  // a token ends; a later try may need another
  url_.clear();         // and so do signed URLs
  redirects_ = 0;
  const bool cut_off = response && (response->status == kOk || response->status == kPartial);
  const std::string what = "layer " + blob_.digest.short_hex();
  Error error =
      !response ? response.error()
      : cut_off ? make_error(ErrorKind::System, fmt::format("{}: the registry sent {} of {} bytes",
                                                            what, received_, blob_.size))
                : source().refusal(*response, what);
  if ((cut_off || registry::is_worth_a_retry(response)) && attempts_ < registry::kMostRetries) {
    ++attempts_;
    const int wait_ms = registry::backoff_ms(attempts_, response ? &*response : nullptr);
    again_at_ms_ = now_ms() + wait_ms;
    state_ = State::Pausing;
    return {};
  }
  if (source_ + 1 < sources_.size()) {
    ++source_;
    attempts_ = 0;
    return fetch();
  }
  return error;
}

}  // namespace ocirt::images
