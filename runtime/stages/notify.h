// Passes on the payload's word that it is ready, when we are a systemd unit of Type=notify: what
// NOTIFY_SOCKET names in our environment (sd_notify(3)). Runs in: creator, and the `start` process.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sys/process.h"

namespace ocirt::stages {

/// NOTIFY_SOCKET of our environment; empty: nobody waits for the payload's word.
std::string notify_socket_of_caller();

/// Makes the directory in `container_dir` that the payload sees at /run/notify.
Result<> make_notify_directory(int container_dir);

/// Between the payload's socket, which it owns, and the caller's. Move-only.
class [[nodiscard]] ReadyRelay {
 public:
  /// One that has nothing to do.
  ReadyRelay() = default;

  /// Binds the payload's socket. Before the payload starts, which would else send to nobody.
  ///
  /// Nothing to do when the caller doesn't wait, or the container was made without the directory,
  /// or the caller's socket can't be reached, which is warned of: the container is worth having
  /// without it.
  static Result<ReadyRelay> open(int container_dir);

  /// What to poll for the payload's messages; -1 when there is nothing left to do.
  [[nodiscard]] int fd() const { return from_payload_.get(); }

  /// Takes what has arrived. When the payload is ready, tells the caller, and that `main_pid` is
  /// what it should watch; then there is nothing left to do.
  void take(pid_t main_pid);

  /// Waits until `payload`, whose init has `pid`, is ready or has ended; and then until the caller
  /// has read the word, since it can't tell of which unit a sender was that is gone.
  Result<> wait(const sys::Pidfd& payload, pid_t pid);

 private:
  [[nodiscard]] bool hears_ready() const;
  void await_reader() const;

  UniqueFd from_payload_;
  UniqueFd to_caller_;
};

}  // namespace ocirt::stages
