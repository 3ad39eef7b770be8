// Brings blobs and manifests into a registry (distribution-spec, "push").
#include "frontend/registry/upload.h"

#include <fmt/core.h>

namespace ocirt::registry {

namespace {

constexpr long kOk = 200;
constexpr long kNotFound = 404;
constexpr long kFirstFailure = 300;

// Where the bytes of a new blob go.
Result<std::string> begin_upload(Registry& registry) {
  const std::string path = fmt::format("{}/blobs/uploads/", registry.endpoint().repository);
  const HttpResponse response = TRY(registry.request({.method = "POST"}, path));
  const std::string base = TRY(registry.prepare({}, path)).url;
  const std::string url = resolve_url(base, response.header("location"));
  if (!is_same_origin(base, url)) {
    return make_error(ErrorKind::Denied,
                      fmt::format("{}: sends an upload to \"{}\"", registry.endpoint().host, url));
  }
  return url;
}

Result<> finish_upload(Registry& registry, std::string url, std::string_view bytes,
                       const Digest& digest) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += "digest=" + digest.text();
  HttpRequest request{.method = "PUT", .body = std::string(bytes)};
  request.headers.emplace_back("Content-Type: application/octet-stream");
  (void)TRY(registry.request(std::move(request), url));
  return {};
}

}  // namespace

Result<bool> has_blob(Registry& registry, const Digest& digest) {
  const std::string path =
      fmt::format("{}/blobs/{}", registry.endpoint().repository, digest.text());
  Result<HttpResponse> response = registry.request({.method = "HEAD"}, path);
  if (response) return response->status == kOk;
  if (response.error().kind == ErrorKind::NotFound) return false;
  return std::move(response).error();
}

Result<> upload_blob(Registry& registry, std::string_view bytes, const Digest& digest) {
  return finish_upload(registry, TRY(begin_upload(registry)), bytes, digest);
}

Result<> upload_stream(Registry& registry, std::function<Result<size_t>(std::span<char>)> source,
                       const std::function<Digest()>& digest) {
  const std::string url = TRY(begin_upload(registry));
  HttpRequest request{.method = "PATCH", .body_source = std::move(source)};
  request.headers.emplace_back("Content-Type: application/octet-stream");
  // No second try: the bytes come only once.
  const HttpResponse response =
      TRY(registry.http().run(TRY(registry.prepare(std::move(request), url))));
  if (response.status == kNotFound || response.status >= kFirstFailure) {
    return registry.refusal(response, "upload a layer");
  }
  const std::string next = resolve_url(url, response.header("location"));
  return finish_upload(registry, next, "", digest());
}

Result<> upload_manifest(Registry& registry, std::string_view json, std::string_view media_type,
                         const std::string& under) {
  HttpRequest request{.method = "PUT", .body = std::string(json)};
  request.headers.push_back(fmt::format("Content-Type: {}", media_type));
  (void)TRY(registry.request(
      std::move(request), fmt::format("{}/manifests/{}", registry.endpoint().repository, under)));
  return {};
}

}  // namespace ocirt::registry
