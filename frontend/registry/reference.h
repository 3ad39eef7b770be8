// Names of images: "docker.io/library/httpd:2.4@sha256:...".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "frontend/digest/digest.h"

namespace ocirt::registry {

/// A name with its registry. At least one of tag and digest is set by parse_reference().
struct Reference {
  std::string host;        // "docker.io", "localhost:5000"
  std::string repository;  // "library/httpd"
  std::string tag;
  std::optional<Digest> digest;

  /// "docker.io/library/httpd"
  [[nodiscard]] std::string name() const { return host + '/' + repository; }
  /// With the tag or the digest, or both.
  [[nodiscard]] std::string text() const;
  /// What the registry is asked for: the digest, else the tag.
  [[nodiscard]] std::string wanted() const { return digest ? digest->text() : tag; }

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// Whether the name leaves its registry open: its first part has no '.' and no ':' and isn't
/// "localhost".
bool is_short_name(std::string_view text);

/// Reads a name with a registry; ":latest" is added where there is neither tag nor digest, and
/// "library/" where docker.io needs it. A leading "docker://" is dropped.
/// Errors: InvalidConfig, with the rule that is broken.
Result<Reference> parse_reference(std::string_view text);

}  // namespace ocirt::registry
