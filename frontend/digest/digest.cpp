// Content digests. OpenSSL's plain functions, though it calls them deprecated: EVP reads
// configuration files and loads providers, which a confined process can't, and hashes no faster.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "frontend/digest/digest.h"

#include <fmt/core.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace ocirt {

namespace {

struct Algorithm {
  std::string_view prefix;
  size_t hex_digits;
  DigestAlgorithm value;
};
constexpr std::array<Algorithm, 2> kAlgorithms = {{
    {"sha256:", 64, DigestAlgorithm::Sha256},
    {"sha512:", 128, DigestAlgorithm::Sha512},
}};

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  for (const Algorithm& known : kAlgorithms) {
    if (!text.starts_with(known.prefix)) continue;
    const std::string_view hex = text.substr(known.prefix.size());
    if (hex.size() != known.hex_digits || !std::all_of(hex.begin(), hex.end(), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        })) {
      break;
    }
    Digest digest;
    digest.algorithm_ = known.value;
    digest.hex_ = hex;
    return digest;
  }
  return make_error(
      ErrorKind::InvalidConfig,
      fmt::format("\"{}\" is no digest (sha256:<64 hex digits>)", text.substr(0, 160)));
}

std::string Digest::text() const {
  return (algorithm_ == DigestAlgorithm::Sha256 ? "sha256:" : "sha512:") + hex_;
}

struct Hasher::State {
  DigestAlgorithm algorithm;
  union {
    SHA256_CTX sha256;
    SHA512_CTX sha512;
  };
};

Hasher::Hasher(DigestAlgorithm algorithm) : state_(std::make_unique<State>()) {
  state_->algorithm = algorithm;
  if (algorithm == DigestAlgorithm::Sha256) {
    SHA256_Init(&state_->sha256);
  } else {
    SHA512_Init(&state_->sha512);
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  if (state_->algorithm == DigestAlgorithm::Sha256) {
    SHA256_Update(&state_->sha256, bytes.data(), bytes.size());
  } else {
    SHA512_Update(&state_->sha512, bytes.data(), bytes.size());
  }
}

Digest Hasher::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> bytes{};
  size_t size = SHA256_DIGEST_LENGTH;
  if (state_->algorithm == DigestAlgorithm::Sha256) {
    SHA256_Final(bytes.data(), &state_->sha256);
  } else {
    SHA512_Final(bytes.data(), &state_->sha512);
    size = SHA512_DIGEST_LENGTH;
  }
  Digest digest;
  digest.algorithm_ = state_->algorithm;
  for (size_t i = 0; i < size; ++i) digest.hex_ += fmt::format("{:02x}", bytes[i]);
  return digest;
}

Digest digest_of(std::string_view bytes, DigestAlgorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace ocirt
