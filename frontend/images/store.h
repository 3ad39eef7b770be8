// The store: images, names and layers as files. docs/decisions says how it works; in short:
//
//   ROOT/                       0700; 0755 if it is shared, and all but partial/ and trash/ is then
//                               readable by all users
//     shared                    is there if it is
//     names/NAME                which image a name means; NAME is escaped
//     images/ID/                image.json, and the manifest and config byte for byte
//     layers/DIFF_ID/           tree/ (a lower directory of overlayfs), split, layer.json
//     partial/DIFF_ID/          a layer being pulled: lock, spool, tree/, split
//     trash/                    what is being removed
//
// Whatever is in names/, images/ and layers/ is complete: things are made elsewhere and renamed.
// Readers lock nothing. A layer is kept while a flock(2) on its directory is held or an image names
// it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/digest/digest.h"
#include "frontend/registry/reference.h"

namespace ocirt::images {

/// A layer of an image: what is on disk, and what it was in the registry.
struct LayerRecord {
  std::string diff_id;  // "sha256:..."
  std::string blob;     // the compressed blob's digest
  std::string media_type;
  uint64_t blob_size = 0;
  uint64_t tar_size = 0;
  uint64_t file_bytes = 0;
  uint64_t entries = 0;
  uint64_t replaced =
      0;  // entries that a later one replaced: the tar stream can't be written again
};

/// image.json.
struct ImageRecord {
  std::string id;  // 64 hex digits: the config's digest
  std::string manifest_digest;
  std::string manifest_type;
  std::vector<std::string> repo_digests;  // "docker.io/library/httpd@sha256:..."
  std::vector<LayerRecord> layers;        // the lowest first
  std::string created;                    // RFC 3339, of the config
  std::string os;
  std::string architecture;
  uint64_t size = 0;       // of all tar streams, manifest and config
  bool read_only = false;  // lies in an additional store
  std::string store;       // the root of the store it lies in
};

struct NameRecord {
  std::string name;    // with the tag
  std::string image;   // the id
  std::string digest;  // of what the registry has under the name: an index, or the manifest
};

/// The directory of one store, open.
class Store {
 public:
  /// Opens the store at `root`, and makes what is missing, 0700. Errors: Denied if it belongs to
  /// somebody else.
  static Result<Store> open(const std::string& root);
  /// A store that is only read, of whomever. NotFound if there is none.
  static Result<Store> open_read_only(const std::string& root);

  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] bool is_read_only() const { return read_only_; }
  /// All users of this machine may read it, by the will of its owner.
  [[nodiscard]] bool is_shared() const { return shared_; }
  /// Makes an empty store a shared one. Errors: BadState if it has images.
  Result<> share();
  /// Whom it belongs to.
  [[nodiscard]] uid_t owner() const { return owner_; }
  /// Of what is made in it.
  [[nodiscard]] mode_t directory_mode() const { return shared_ ? 0755 : 0700; }
  [[nodiscard]] mode_t file_mode() const { return shared_ ? 0644 : 0600; }

  [[nodiscard]] int names() const { return names_.get(); }
  [[nodiscard]] int images() const { return images_.get(); }
  [[nodiscard]] int layers() const { return layers_.get(); }
  [[nodiscard]] int partial() const { return partial_.get(); }
  [[nodiscard]] int trash() const { return trash_.get(); }

  /// What is there. An image or name that can't be read is left out. Names that were given last
  /// come first, as podman has them.
  [[nodiscard]] std::vector<ImageRecord> list_images() const;
  [[nodiscard]] std::vector<NameRecord> list_names() const;
  [[nodiscard]] std::optional<ImageRecord> find_image(const std::string& id) const;
  [[nodiscard]] std::optional<NameRecord> find_name(const std::string& name) const;

  /// "manifest" or "config" of an image, byte for byte.
  [[nodiscard]] Result<std::string> read_document(const std::string& id, const char* which) const;

  [[nodiscard]] std::optional<LayerRecord> find_layer(const std::string& diff_id) const;
  /// The directory of a layer, with a shared lock that keeps it. Nothing if there is none.
  [[nodiscard]] std::optional<UniqueFd> hold_layer(const std::string& diff_id) const;

  /// Makes the name mean the image; replaces.
  [[nodiscard]] Result<> set_name(const NameRecord& record) const;
  [[nodiscard]] Result<> remove_name(const std::string& name) const;

  /// Puts an image in place. Its layers must be there and held.
  [[nodiscard]] Result<> add_image(const ImageRecord& record, std::string_view manifest,
                                   std::string_view config) const;

 private:
  Store() = default;
  std::string root_;
  bool read_only_ = false;
  bool shared_ = false;
  uid_t owner_ = 0;
  UniqueFd root_fd_;
  UniqueFd names_;
  UniqueFd images_;
  UniqueFd layers_;
  UniqueFd partial_;
  UniqueFd trash_;
};

/// Adds the repository digests of an image that the store has already under the same id.
void keep_older_digests(const Store& store, ImageRecord& record);

/// The name of a layer's directory: the hex digits of its diff id.
std::string layer_directory(std::string_view diff_id);

/// The names in a directory, sorted, without those that begin with a dot.
std::vector<std::string> list_directory(int directory);

/// The exclusive lock of one image, for whoever changes it. Held until it goes.
Result<UniqueFd> lock_image(const Store& store, const std::string& id);

/// Where the store is if nobody says: /var/lib/ocirt for root, else in XDG_DATA_HOME.
std::string default_store_root();

}  // namespace ocirt::images
