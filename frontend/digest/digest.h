// Content digests: parsed strictly before they become part of any path or URL, and computed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt {

enum class DigestAlgorithm { Sha256, Sha512 };

/// "sha256:" and 64 lower-case hex digits, or "sha512:" and 128. Nothing else can be held.
///
/// Security: CVE-2021-20291, CVE-2024-3727: a digest is a type, not a string.
class Digest {
 public:
  /// Errors: InvalidConfig, naming the text.
  static Result<Digest> parse(std::string_view text);

  [[nodiscard]] DigestAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& hex() const { return hex_; }
  /// "sha256:..."
  [[nodiscard]] std::string text() const;
  /// The first 12 digits, as people are shown them.
  [[nodiscard]] std::string short_hex() const { return hex_.substr(0, 12); }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  friend class Hasher;
  DigestAlgorithm algorithm_ = DigestAlgorithm::Sha256;
  std::string hex_;
};

/// Computes a digest of bytes that come in pieces. Calls nothing that needs files, so it works in a
/// confined process.
class Hasher {
 public:
  explicit Hasher(DigestAlgorithm algorithm = DigestAlgorithm::Sha256);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::string_view bytes);
  /// The digest of all; afterwards the hasher must not be used.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The digest of `bytes`.
Digest digest_of(std::string_view bytes, DigestAlgorithm algorithm = DigestAlgorithm::Sha256);

}  // namespace ocirt
