// Names of images: "docker.io/library/httpd:2.4@sha256:...".
#include "frontend/registry/reference.h"

#include <fmt/core.h>

#include <algorithm>

namespace ocirt::registry {

namespace {

constexpr size_t kLongestRepository = 255;
constexpr size_t kLongestTag = 128;

bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_word(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

// Parts of lower-case letters and digits, with ".", "_", "__" or dashes between them
// (distribution-spec, "name").
bool is_repository(std::string_view text) {
  if (text.empty() || text.size() > kLongestRepository) return false;
  char before = '/';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char after = i + 1 < text.size() ? text[i + 1] : '/';
    if (is_lower(c)) {
      before = c;
      continue;
    }
    if (c == '/' ? !is_lower(before) || !is_lower(after)
                 : (c != '.' && c != '_' && c != '-') || before == '/' || after == '/') {
      return false;
    }
    if (c == '.' && !is_lower(before)) return false;
    before = c;
  }
  return before != '/';
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTag && is_word(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_word(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

Error invalid(std::string_view text, std::string_view why) {
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("\"{}\" is no name of an image: {}", text.substr(0, 256), why));
}

}  // namespace

std::string Reference::text() const {
  std::string text = name();
  if (!tag.empty()) text += ':' + tag;
  if (digest) text += '@' + digest->text();
  return text;
}

bool is_short_name(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return true;
  const std::string_view first = text.substr(0, slash);
  return first.find_first_of(".:") == std::string_view::npos && first != "localhost";
}

Result<Reference> parse_reference(std::string_view text) {
  constexpr std::string_view kTransport = "docker://";
  if (text.starts_with(kTransport)) text.remove_prefix(kTransport.size());
  const std::string_view whole = text;
  Reference reference;
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    reference.digest = TRY(Digest::parse(text.substr(at + 1)));
    text = text.substr(0, at);
  }
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return invalid(whole, "it names no registry");
  reference.host = text.substr(0, slash);
  text.remove_prefix(slash + 1);
  if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    reference.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!is_tag(reference.tag)) {
      return invalid(whole, "a tag is up to 128 letters, digits, '_', '.' and '-'");
    }
  }
  reference.repository = text;
  if (reference.host == "index.docker.io") reference.host = "docker.io";
  if (reference.host == "docker.io" && reference.repository.find('/') == std::string::npos) {
    reference.repository.insert(0, "library/");
  }
  if (!is_host(reference.host)) return invalid(whole, "its registry is no host");
  if (!is_repository(reference.repository)) {
    return invalid(whole,
                   "repositories are lower-case letters and digits, with '.', '_', '-' and '/'");
  }
  if (reference.tag.empty() && !reference.digest) reference.tag = "latest";
  return reference;
}

}  // namespace ocirt::registry
