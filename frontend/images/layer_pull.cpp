// One layer on its way from a registry into the store: locks, the spool, the end.
#include "frontend/images/layer_pull.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "frontend/images/clock.h"
#include "frontend/images/records.h"
#include "sys/file.h"

namespace ocirt::images {

namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr int kLockRetry_ms = 100;
constexpr size_t kMostDigest = 256;
constexpr size_t kReplayChunk = 128 << 10;
constexpr size_t kMostRecord = 64 << 10;
constexpr const char* kMade = "made";  // holds the boot id under which the layer was made

std::string boot_id() {
  constexpr size_t kLength = 64;
  return sys::read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", kLength)
      .value_or(std::string());
}

}  // namespace

LayerPull::LayerPull(const Store& store, unpack::Helper& helper, Sources& sources,
                     Progress& progress, registry::Descriptor blob, Digest diff_id)
    : store_(store),
      helper_(helper),
      sources_(sources),
      progress_(progress),
      blob_(std::move(blob)),
      diff_id_(std::move(diff_id)),
      name_(diff_id_.hex()),
      hasher_(blob_.digest.algorithm()) {}

bool LayerPull::use_existing() {
  std::optional<UniqueFd> held = store_.hold_layer(diff_id_.text());
  std::optional<LayerRecord> record = store_.find_layer(diff_id_.text());
  if (!held || !record) return false;
  held_ = std::move(*held);
  record_ = std::move(*record);
  // This image's compressed form of it may be another.
  record_.blob = blob_.digest.text();
  record_.blob_size = blob_.size;
  record_.media_type = blob_.media_type;
  state_ = State::Done;
  if (bar_ < 0) bar_ = progress_.add("blob", blob_.digest.text(), blob_.size);
  progress_.finish(bar_, "skipped: already exists");
  return true;
}

uint64_t LayerPull::missing_bytes() const {
  return state_ == State::Done ? 0 : blob_.size;
}

std::optional<registry::Http::WaitFd> LayerPull::waits_for() const {
  if (!pending_.empty() || state_ == State::Replaying) {
    return registry::Http::WaitFd{.fd = job_.bytes.get(), .events = POLLOUT, .revents = 0};
  }
  if (state_ == State::Unpacking || state_ == State::Syncing) {
    return registry::Http::WaitFd{.fd = job_.result.get(), .events = POLLIN, .revents = 0};
  }
  return std::nullopt;
}

int LayerPull::wait_ms() const {
  if (state_ == State::Waiting) return kLockRetry_ms;
  if (state_ != State::Pausing) return -1;
  return static_cast<int>(std::max<int64_t>(0, again_at_ms_ - now_ms()));
}

Result<> LayerPull::step() {
  if (failed_) return std::exchange(failed_, std::nullopt).value();
  if (!pending_.empty()) TRY(flush());
  if (unpacker_ended_) return unpacked();
  switch (state_) {
    case State::New:
    case State::Waiting:
      return begin();
    case State::Replaying:
      return replay();
    case State::Pausing:
      return now_ms() >= again_at_ms_ ? fetch() : Result<>{};
    case State::Fetching:
      if (answer_ && pending_.empty()) {
        Result<registry::HttpResponse> response = std::move(*answer_);
        answer_.reset();
        exchange_.reset();
        return fetched(std::move(response));
      }
      return {};
    case State::Unpacking:
      return job_has_ended() ? unpacked() : Result<>{};
    case State::Syncing:
      return job_has_ended() ? put_in_place() : Result<>{};
    case State::Done:
      return {};
  }
  return {};
}

bool LayerPull::job_has_ended() const {
  pollfd ready{.fd = job_.result.get(), .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, 0) > 0;
}

Result<> LayerPull::begin() {
  if (bar_ < 0) bar_ = progress_.add("blob", blob_.digest.text(), blob_.size);
  state_ = State::Waiting;
  if (!TRY(lock_partial())) return {};
  if (use_existing()) {  // whom we waited for has made it
    (void)::unlinkat(partial_.get(), "lock", 0);
    (void)::unlinkat(store_.partial(), name_.c_str(), AT_REMOVEDIR);
    return {};
  }
  if (adopt_made()) return begin_sync();
  spool_ = TRY(sys::open_at(partial_.get(), "spool", O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW,
                            kPrivateFile));
  struct stat info {};
  if (::fstat(spool_.get(), &info) != 0) return last_error("look at a spool");
  spool_size_ = static_cast<uint64_t>(info.st_size);
  const std::string spooled =
      sys::read_file(partial_.get(), "blob", kMostDigest).value_or(std::string());
  if (spool_size_ > blob_.size || spooled != blob_.digest.text()) {
    // Left by another compressed form of the layer.
    if (::ftruncate(spool_.get(), 0) != 0) return last_error("empty a spool");
    spool_size_ = 0;
  }
  TRY(sys::replace_file(partial_.get(), "blob", blob_.digest.text(), kPrivateFile));
  TRY(begin_unpacking());
  state_ = State::Replaying;
  return replay();
}

// The directory in which the layer is made, and its lock. False: somebody else has it.
Result<bool> LayerPull::lock_partial() {
  if (::mkdirat(store_.partial(), name_.c_str(), store_.directory_mode()) != 0 && errno != EEXIST) {
    return last_error("make a layer's directory");
  }
  partial_ = TRY(sys::open_at(store_.partial(), name_.c_str(), O_RDONLY | O_DIRECTORY));
  Result<UniqueFd> lock = sys::open_at(partial_.get(), "lock", O_RDWR | O_CREAT, kPrivateFile);
  if (!lock) return false;  // the directory has just been renamed away
  lock_ = std::move(*lock);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    return last_error("lock a layer");
  }
  // Who had the lock before may have moved the directory to layers/.
  struct stat ours {};
  struct stat named {};
  if (::fstat(partial_.get(), &ours) == 0 &&
      ::fstatat(store_.partial(), name_.c_str(), &named, 0) == 0 && ours.st_ino == named.st_ino) {
    return true;
  }
  return store_.find_layer(diff_id_.text()).has_value();
}

// An empty tree and its unpacker. What an earlier pull unpacked is made again from the spool: a
// tree that was cut off can't be trusted, its bytes can.
Result<> LayerPull::begin_unpacking() {
  if (::faccessat(partial_.get(), "tree", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    TRY(helper_.remove(partial_.get(), "tree"));
  }
  // The root of the container, if the archive doesn't say. Nobody else comes this far (0700 above).
  constexpr mode_t kRootMode = 0755;
  if (::mkdirat(partial_.get(), "tree", kRootMode) != 0) return last_error("make a layer's tree");
  const UniqueFd tree =
      TRY(sys::open_at(partial_.get(), "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  split_ = TRY(sys::open_at(partial_.get(), "split", O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW,
                            store_.file_mode()));
  job_ = TRY(helper_.unpack({.tree = tree.get(), .split = split_.get(), .lock = lock_.get()}, {}));
  (void)::fcntl(job_.bytes.get(), F_SETFL, O_NONBLOCK);
  hasher_ = Hasher(blob_.digest.algorithm());
  received_ = 0;
  replayed_ = 0;
  pending_.clear();
  return {};
}

Result<> LayerPull::replay() {
  std::string buffer;
  while (pending_.empty() && !unpacker_ended_ && replayed_ < spool_size_) {
    buffer.resize(std::min<uint64_t>(kReplayChunk, spool_size_ - replayed_));
    const ssize_t got =
        ::pread(spool_.get(), buffer.data(), buffer.size(), static_cast<off_t>(replayed_));
    if (got <= 0) return last_error("read a spool");
    const std::string_view bytes(buffer.data(), static_cast<size_t>(got));
    hasher_.update(bytes);
    replayed_ += bytes.size();
    received_ += bytes.size();
    pending_ = bytes;
    progress_.update(bar_, received_);
    TRY(flush());
  }
  if (pending_.empty() && !unpacker_ended_ && replayed_ == spool_size_) return fetch();
  return {};
}

// Writes what the pipe takes. The exchange goes on once nothing is pending.
Result<> LayerPull::flush() {
  while (!pending_.empty()) {
    const ssize_t put = ::write(job_.bytes.get(), pending_.data(), pending_.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return {};
      if (errno == EPIPE) {  // it has something to say, which step() hears
        unpacker_ended_ = true;
        pending_.clear();
        return {};
      }
      return last_error("write to the unpacker");
    }
    pending_.erase(0, static_cast<size_t>(put));
  }
  if (exchange_) exchange_->resume();
  return {};
}

// All bytes are there.
Result<> LayerPull::complete() {
  const Digest digest = hasher_.finish();
  if (digest != blob_.digest) {
    return start_over(make_error(ErrorKind::InvalidConfig,
                                 fmt::format("layer {}: what the registry sent has the digest {}",
                                             blob_.digest.text(), digest.text())));
  }
  job_.bytes.reset();  // the unpacker sees the end
  state_ = State::Unpacking;
  return {};
}

Result<> LayerPull::start_over(Error error) {
  exchange_.reset();
  answer_.reset();
  job_ = {};
  if (::ftruncate(spool_.get(), 0) != 0) return last_error("empty a spool");
  const bool had_old_bytes = spool_size_ > 0;
  spool_size_ = 0;
  if (!had_old_bytes || started_over_) return error;
  // What an earlier pull left may be what was wrong.
  started_over_ = true;
  TRY(begin_unpacking());
  return fetch();
}

Result<> LayerPull::unpacked() {
  Result<unpack::Unpacked> result = unpack::take_unpacked(job_);
  exchange_.reset();
  if (!result) {
    Error error = std::move(result).error();
    error.text = fmt::format("layer {}: {}", blob_.digest.short_hex(), error.text);
    // Bytes of which nothing can be made aren't worth keeping; a full disk is another matter.
    if (error.kind == ErrorKind::InvalidConfig) (void)!::ftruncate(spool_.get(), 0);
    return error;
  }
  if (state_ != State::Unpacking) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("layer {}: it ends before its bytes do", blob_.digest.text()));
  }
  if (result->diff_id != diff_id_.text()) {
    (void)!::ftruncate(spool_.get(), 0);
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("layer {}: unpacked it is {}, but the image says {}",
                                  blob_.digest.text(), result->diff_id, diff_id_.text()));
  }
  counts_ = result->counts;
  record_ = {.diff_id = result->diff_id,
             .blob = blob_.digest.text(),
             .media_type = blob_.media_type,
             .blob_size = blob_.size,
             .tar_size = result->tar_bytes,
             .file_bytes = result->counts.file_bytes,
             .entries = result->counts.entries,
             .replaced = result->counts.replaced};
  TRY(sys::replace_file(partial_.get(), "layer.json", print_layer(record_), store_.file_mode()));
  TRY(sys::replace_file(partial_.get(), kMade, boot_id(), kPrivateFile));
  spool_.reset();
  (void)::unlinkat(partial_.get(), "spool", 0);  // or its bytes would go to the disk, too
  (void)::unlinkat(partial_.get(), "blob", 0);
  return begin_sync();
}

// What stands in layers/ must survive a power cut. One syncfs(2) costs less than an fsync(2) for
// each of ten thousand files, and another process waits for it: other layers go on.
Result<> LayerPull::begin_sync() {
  job_ = TRY(helper_.sync(partial_.get()));
  state_ = State::Syncing;
  return {};
}

// A layer that was made, but whose puller was killed before it was in place. Since the machine was
// not started again, all of it is there.
bool LayerPull::adopt_made() {
  const Result<std::string> made = sys::read_file(partial_.get(), kMade, kMostDigest);
  const Result<std::string> text = sys::read_file(partial_.get(), "layer.json", kMostRecord);
  std::optional<LayerRecord> record = text ? parse_layer(*text) : std::nullopt;
  if (!made || made->empty() || *made != boot_id() || !record ||
      record->diff_id != diff_id_.text()) {
    (void)::unlinkat(partial_.get(), kMade, 0);
    return false;
  }
  record_ = std::move(*record);
  record_.blob = blob_.digest.text();
  record_.blob_size = blob_.size;
  record_.media_type = blob_.media_type;
  return true;
}

Result<> LayerPull::put_in_place() {
  TRY(unpack::take_done(job_));
  // Before the rename: who holds the layer's lock keeps it.
  if (::flock(partial_.get(), LOCK_SH) != 0) return last_error("lock a layer");
  if (::renameat2(store_.partial(), name_.c_str(), store_.layers(), name_.c_str(),
                  RENAME_NOREPLACE) != 0) {
    return last_error(fmt::format("put layer {} in place", diff_id_.text()));
  }
  (void)::unlinkat(partial_.get(), "lock", 0);
  (void)::unlinkat(partial_.get(), kMade, 0);
  held_ = std::move(partial_);
  lock_.reset();
  job_ = {};
  state_ = State::Done;
  progress_.finish(bar_, "done");
  return {};
}

}  // namespace ocirt::images
