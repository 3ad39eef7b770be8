// What verbs share: the stores, the helper process, HTTP, and how to find an image.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/commands/command_line.h"
#include "frontend/images/pull.h"
#include "frontend/images/store.h"
#include "frontend/registry/http.h"
#include "frontend/registry/reference.h"
#include "frontend/unpack/helper.h"

namespace ocirt::frontend {

/// An image that was found, and under which name, if it was by one.
struct Found {
  images::ImageRecord image;
  std::optional<images::NameRecord> name;
};

class Context {
 public:
  /// From the options before the verb.
  static Result<Context> make(const Line& globals);

  /// The store that is written to.
  [[nodiscard]] const images::Store& store() const { return stores_.front(); }
  /// Lets all users read it. Errors: BadState if it has images.
  Result<> share_store() { return stores_.front().share(); }
  /// All stores, the one that is written to first.
  [[nodiscard]] const std::vector<images::Store>& stores() const { return stores_; }
  /// --runroot and --runtime, or what they are without being named.
  [[nodiscard]] const std::string& run_root() const { return run_root_; }
  [[nodiscard]] const std::string& runtime() const { return runtime_; }
  [[nodiscard]] const images::Store& store_of(const images::ImageRecord& image) const;

  /// Starts the helper process, at the first call: before anything secret is read.
  Result<unpack::Helper*> helper();
  registry::Http& http();

  /// All images and names of all stores.
  [[nodiscard]] std::vector<images::ImageRecord> images() const;
  [[nodiscard]] std::vector<images::NameRecord> names() const;

  /// By id, the beginning of an id, full name, short name, or digest.
  /// Errors: NotFound; InvalidConfig where an id is ambiguous.
  [[nodiscard]] Result<Found> find(const std::string& text) const;

 private:
  Context() = default;
  std::vector<images::Store> stores_;
  std::string run_root_;
  std::string runtime_;
  std::unique_ptr<unpack::Helper> helper_;
  std::unique_ptr<registry::Http> http_;
};

/// What a person may mean by a short name, best first: localhost/, docker.io/library/.
std::vector<std::string> local_candidates(const std::string& text);

/// Writes all of `text` to stdout.
Result<> print(std::string_view text);

/// A path of the caller's, from the root on: programs that we start run in other directories.
Result<std::string> absolute_path(const std::string& path);

}  // namespace ocirt::frontend
