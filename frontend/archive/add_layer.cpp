// Puts a layer into the store from bytes that are at hand.
#include "frontend/archive/add_layer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "frontend/images/records.h"
#include "sys/file.h"

namespace ocirt::archive {

namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kRootMode = 0755;  // of the container's root, if the archive doesn't say
constexpr size_t kChunk = 256 << 10;

/// A directory in partial/ in which a layer is made. What isn't put in place is removed.
class Making {
 public:
  static Result<Making> begin(const images::Store& store, unpack::Helper& helper) {
    Making making(store, helper);
    for (int number = 0;; ++number) {
      making.name_ = fmt::format("load-{}-{}", ::getpid(), number);
      if (::mkdirat(store.partial(), making.name_.c_str(), store.directory_mode()) == 0) break;
      if (errno != EEXIST) return last_error("make a layer's directory");
    }
    making.directory_ =
        TRY(sys::open_at(store.partial(), making.name_.c_str(), O_RDONLY | O_DIRECTORY));
    making.lock_ =
        TRY(sys::open_at(making.directory_.get(), "lock", O_RDWR | O_CREAT | O_EXCL, kPrivateFile));
    if (::flock(making.lock_.get(), LOCK_EX | LOCK_NB) != 0) return last_error("lock a layer");
    if (::mkdirat(making.directory_.get(), "tree", kRootMode) != 0) {
      return last_error("make a layer's tree");
    }
    making.tree_ =
        TRY(sys::open_at(making.directory_.get(), "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    making.split_ = TRY(sys::open_at(making.directory_.get(), "split", O_RDWR | O_CREAT | O_EXCL,
                                     store.file_mode()));
    return making;
  }

  ~Making() {
    if (directory_) (void)helper_->remove(store_->partial(), name_);  // else the sweeper does it
  }
  Making(Making&&) = default;
  Making& operator=(Making&&) = delete;

  [[nodiscard]] unpack::UnpackFds fds() const {
    return {.tree = tree_.get(), .split = split_.get(), .lock = lock_.get()};
  }

  // The layer's directory, held. Nothing: another has just put the same layer there.
  Result<std::optional<UniqueFd>> put_in_place(const images::LayerRecord& record) {
    TRY(sys::replace_file(directory_.get(), "layer.json", print_layer(record),
                          store_->file_mode()));
    // What stands in layers/ must survive a power cut.
    TRY(unpack::take_done(TRY(helper_->sync(directory_.get()))));
    if (::flock(directory_.get(), LOCK_SH) != 0) return last_error("lock a layer");
    const std::string place = images::layer_directory(record.diff_id);
    if (::renameat2(store_->partial(), name_.c_str(), store_->layers(), place.c_str(),
                    RENAME_NOREPLACE) != 0) {
      if (errno == EEXIST) return std::optional<UniqueFd>();
      return last_error(fmt::format("put layer {} in place", record.diff_id));
    }
    (void)::unlinkat(directory_.get(), "lock", 0);
    return std::optional<UniqueFd>(std::move(directory_));
  }

 private:
  Making(const images::Store& store, unpack::Helper& helper) : store_(&store), helper_(&helper) {}

  const images::Store* store_;
  unpack::Helper* helper_;
  std::string name_;
  UniqueFd directory_;
  UniqueFd lock_;
  UniqueFd tree_;
  UniqueFd split_;
};

struct Taken {
  std::string digest;
  uint64_t size = 0;
};

// All bytes of the source into the unpacker's pipe. What the unpacker doesn't want any more, since
// it failed, its result explains.
Result<Taken> pump(const ByteSource& source, int pipe, DigestAlgorithm algorithm) {
  Hasher hasher(algorithm);
  Taken taken;
  std::vector<char> buffer(kChunk);
  while (const size_t got = TRY(source(buffer))) {
    const std::string_view bytes(buffer.data(), got);
    hasher.update(bytes);
    taken.size += got;
    if (Result<> put = sys::write_all(pipe, bytes); !put) {
      if (put.error().errno_value == EPIPE) break;
      return std::move(put).error();
    }
  }
  taken.digest = hasher.finish().text();
  return taken;
}

}  // namespace

std::optional<AddedLayer> find_layer(const images::Store& store, const std::string& diff_id) {
  std::optional<UniqueFd> held = store.hold_layer(diff_id);
  std::optional<images::LayerRecord> record = store.find_layer(diff_id);
  if (!held || !record) return std::nullopt;
  return AddedLayer{.record = *record, .held = std::move(*held), .counts = {}, .was_there = true};
}

Result<AddedLayer> add_layer(const images::Store& store, unpack::Helper& helper,
                             const ByteSource& source, DigestAlgorithm algorithm) {
  Making making = TRY(Making::begin(store, helper));
  unpack::Job job = TRY(helper.unpack(making.fds(), {}));
  const Taken taken = TRY(pump(source, job.bytes.get(), algorithm));
  job.bytes.reset();  // the unpacker sees the end
  const unpack::Unpacked unpacked = TRY(unpack::take_unpacked(job));
  AddedLayer added{.record = {.diff_id = unpacked.diff_id,
                              .blob = taken.digest,
                              .blob_size = taken.size,
                              .tar_size = unpacked.tar_bytes,
                              .file_bytes = unpacked.counts.file_bytes,
                              .entries = unpacked.counts.entries,
                              .replaced = unpacked.counts.replaced},
                   .held = {},
                   .counts = unpacked.counts};
  // The other one who makes it may be removing it again: then ours takes its place.
  while (true) {
    if (std::optional<AddedLayer> there = find_layer(store, unpacked.diff_id)) {
      return std::move(*there);
    }
    if (std::optional<UniqueFd> held = TRY(making.put_in_place(added.record))) {
      added.held = std::move(*held);
      return added;
    }
    // Held, so that nobody is removing it, and yet no layer.
    const std::optional<UniqueFd> held = store.hold_layer(unpacked.diff_id);
    if (held && !store.find_layer(unpacked.diff_id)) {
      Error error = make_error(ErrorKind::BadState,
                               fmt::format("layer {} in the store is damaged", unpacked.diff_id));
      error.hint =
          "remove the images that have it (`ocictl image verify` names them) and load them again";
      return error;
    }
  }
}

}  // namespace ocirt::archive
