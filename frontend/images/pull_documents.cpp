// Pulls an image: its manifest and config. Each byte of them is checked against a digest.
#include <fmt/core.h>

#include "frontend/images/pull.h"

namespace ocirt::images {

namespace {

using registry::Registry;

struct Fetched {
  std::string text;
  std::string media_type;
};

Result<Fetched> get_manifest(Registry& source, const std::string& wanted) {
  registry::HttpRequest request;
  request.most_body = registry::kMostManifestBytes;
  for (const std::string_view type : {registry::kOciManifest, registry::kOciIndex,
                                      registry::kDockerManifest, registry::kDockerList}) {
    request.headers.push_back(fmt::format("Accept: {}", type));
  }
  registry::HttpResponse response = TRY(source.request(
      std::move(request), fmt::format("{}/manifests/{}", source.endpoint().repository, wanted)));
  return Fetched{.text = std::move(response.body),
                 .media_type = std::string(response.header("content-type"))};
}

Result<> check_digest(std::string_view text, const Digest& wanted, const char* what) {
  const Digest digest = digest_of(text, wanted.algorithm());
  if (digest == wanted) return {};
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("the {} from the registry has the digest {}, not {}", what,
                                digest.text(), wanted.text()));
}

Result<Documents> fetch_from(Registry& source, const PullRequest& request) {
  const registry::Reference& reference = request.reference;
  Fetched top = TRY(get_manifest(source, reference.wanted()));
  if (reference.digest) TRY(check_digest(top.text, *reference.digest, "manifest"));
  Documents documents;
  documents.top_digest = reference.digest ? reference.digest->text() : digest_of(top.text).text();
  documents.manifest_digest = documents.top_digest;
  if (TRY(registry::is_index(top.text, top.media_type))) {
    const registry::Index index = TRY(registry::parse_index(top.text));
    const registry::Descriptor chosen = TRY(registry::choose_platform(index, request.platform));
    top = TRY(get_manifest(source, chosen.digest.text()));
    TRY(check_digest(top.text, chosen.digest, "manifest"));
    documents.manifest_digest = chosen.digest.text();
    if (TRY(registry::is_index(top.text, top.media_type))) {
      return make_error(ErrorKind::Unsupported, "its index lists another index");
    }
  }
  documents.manifest = TRY(registry::parse_manifest(top.text));
  documents.manifest_text = std::move(top.text);
  return documents;
}

}  // namespace

Result<Documents> fetch_manifest(const PullRequest& request) {
  Sources& sources = *request.sources;
  Result<Documents> first = make_error(ErrorKind::Bug, "an image without a source");
  for (size_t i = 0; i < sources.size(); ++i) {
    Result<Documents> documents = fetch_from(*sources[i], request);
    if (documents) {
      sources.erase(sources.begin(), sources.begin() + static_cast<ptrdiff_t>(i));
      return documents;
    }
    // The last is the registry itself, mirrors come before it: its word counts.
    first = std::move(documents);
    if (first.error().text.find(request.reference.repository) == std::string::npos) {
      first.error().text = fmt::format("{}: {}", request.reference.text(), first.error().text);
    }
  }
  return first;
}

Result<std::vector<registry::Platform>> fetch_platforms(const PullRequest& request) {
  Result<std::vector<registry::Platform>> all = make_error(ErrorKind::Bug, "without a source");
  for (const std::unique_ptr<Registry>& source : *request.sources) {
    const Result<Fetched> top = get_manifest(*source, request.reference.wanted());
    if (!top) {
      all = Error(top.error());
      continue;
    }
    std::vector<registry::Platform> platforms;
    if (!TRY(registry::is_index(top->text, top->media_type))) return std::vector{request.platform};
    for (const registry::Descriptor& entry : TRY(registry::parse_index(top->text)).manifests) {
      // "unknown" are attestations, which are no images.
      if (entry.platform && entry.platform->os != "unknown") platforms.push_back(*entry.platform);
    }
    return platforms;
  }
  return all;
}

Result<> fetch_config(Sources& sources, Documents& documents) {
  const registry::Descriptor& descriptor = documents.manifest.config;
  registry::HttpRequest request;
  request.most_body = registry::kMostConfigBytes;
  Registry& source = *sources.front();
  registry::HttpResponse response = TRY(source.request(
      std::move(request),
      fmt::format("{}/blobs/{}", source.endpoint().repository, descriptor.digest.text())));
  TRY(check_digest(response.body, descriptor.digest, "config"));
  documents.config_text = std::move(response.body);
  return {};
}

}  // namespace ocirt::images
