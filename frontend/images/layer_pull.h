// One layer on its way from a registry into the store. Driven by the loop in pull.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/images/progress.h"
#include "frontend/images/store.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/registry.h"
#include "frontend/unpack/helper.h"

namespace ocirt::images {

/// Where layers come from: the sources of the image, in order of preference.
using Sources = std::vector<std::unique_ptr<registry::Registry>>;

/// The states, each of which step() may leave:
///
///   Waiting      another process pulls the same layer: its lock is tried now and then
///   Replaying    bytes that an earlier pull left in the spool go to the unpacker
///   Fetching     the rest comes from a registry
///   Pausing      a registry failed: until it is asked again
///   Unpacking    all bytes are there and have the right digest; the unpacker works on them
///   Syncing      the layer is made; its files go to the disk before it is put in place
///   Done         the layer is in the store, and held
class LayerPull {
 public:
  LayerPull(const Store& store, unpack::Helper& helper, Sources& sources, Progress& progress,
            registry::Descriptor blob, Digest diff_id);

  /// Does what can be done without waiting. Errors end the pull.
  Result<> step();

  [[nodiscard]] bool is_done() const { return state_ == State::Done; }
  /// Whether it has not begun to take processors and connections.
  [[nodiscard]] bool is_begun() const { return state_ != State::New; }

  /// What it waits for, besides HTTP: an fd and poll(2)'s events, if any.
  [[nodiscard]] std::optional<registry::Http::WaitFd> waits_for() const;
  /// Time until it wants to be stepped, in ms; -1: only upon an event.
  [[nodiscard]] int wait_ms() const;

  /// Bytes still to come, roughly, for the check of free space; 0 if it is in the store.
  [[nodiscard]] uint64_t missing_bytes() const;
  /// Takes a lock on the layer if the store has it already.
  bool use_existing();

  [[nodiscard]] const LayerRecord& record() const { return record_; }
  [[nodiscard]] const unpack::TreeCounts& counts() const { return counts_; }

 private:
  enum class State { New, Waiting, Replaying, Fetching, Pausing, Unpacking, Syncing, Done };

  Result<> begin();
  Result<bool> lock_partial();
  Result<> begin_unpacking();
  Result<> replay();
  Result<> fetch();
  Result<> fetched(Result<registry::HttpResponse> response);
  Result<> retry(Result<registry::HttpResponse> response);
  bool take(long status, std::string_view bytes);
  Result<> flush();
  Result<> complete();
  Result<> unpacked();
  Result<> begin_sync();
  bool adopt_made();
  [[nodiscard]] bool job_has_ended() const;
  Result<> put_in_place();
  Result<> start_over(Error error);
  [[nodiscard]] registry::Registry& source() const { return *sources_[source_]; }

  const Store& store_;
  unpack::Helper& helper_;
  Sources& sources_;
  Progress& progress_;
  registry::Descriptor blob_;
  Digest diff_id_;
  std::string name_;  // of its directories

  State state_ = State::New;
  int bar_ = -1;
  size_t source_ = 0;
  int attempts_ = 0;
  bool authorized_ = false;
  bool started_over_ = false;
  int64_t again_at_ms_ = 0;

  UniqueFd held_;     // the finished layer
  UniqueFd partial_;  // its directory while it is made
  UniqueFd lock_;
  UniqueFd spool_;
  uint64_t spool_size_ = 0;
  uint64_t replayed_ = 0;
  UniqueFd split_;
  unpack::Job job_;
  std::string pending_;  // taken, but the pipe was full
  Hasher hasher_;
  uint64_t received_ = 0;     // bytes hashed and handed on
  bool seen_answer_ = false;  // the answer's first piece has been seen
  uint64_t skip_ = 0;         // of an answer that begins at 0 though we asked for a later part
  std::unique_ptr<registry::Exchange> exchange_;
  std::optional<Result<registry::HttpResponse>> answer_;
  std::string url_;  // where a redirect led
  int redirects_ = 0;
  bool unpacker_ended_ = false;  // before all bytes were there
  std::optional<Error> failed_;
  LayerRecord record_;
  unpack::TreeCounts counts_;
};

}  // namespace ocirt::images
