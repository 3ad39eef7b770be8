// A client of the monitor's attach socket: our stdin, stdout and stderr are the container's.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "frontend/containers/detach_keys.h"

namespace ocirt::containers {

struct AttachOptions {
  bool terminal = false;  // the container has one
  bool input = false;     // our stdin goes there
  bool output = true;     // its stdout comes here
  bool errors = true;     // its stderr
  DetachKeys detach_keys;
  /// Called for signals that are meant for the container; empty: they are ours.
  std::function<void(int)> forward_signal;
};

enum class AttachEnd { Ended, Detached };

/// Holds back what may be forwarded later. Before the container is started, so that none is lost.
class [[nodiscard]] AttachClient {
 public:
  /// Connects to the monitor whose directory is RUN/ID. Errors: NotFound where there is none.
  static Result<AttachClient> connect(const std::string& run_directory);

  /// Copies until the container has ended, or the user types the keys. The terminal is as it was
  /// then. Blocks all signals that it forwards, and leaves them so.
  Result<AttachEnd> run(AttachOptions options);

  /// Tells the container's terminal the size of ours.
  void tell_size() const;

 private:
  AttachClient(UniqueFd socket, UniqueFd directory)
      : socket_(std::move(socket)), directory_(std::move(directory)) {}

  UniqueFd socket_;
  UniqueFd directory_;
};

}  // namespace ocirt::containers
