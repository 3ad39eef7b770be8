// The pipes to the engine that started us: when to go on, and what it is told.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/model/options.h"
#include "shim/model/reports.h"

namespace ocirt::shim {

/// Their numbers stand in the environment; each may be missing.
struct EnginePipes {
  UniqueFd start;   // _OCI_STARTPIPE: a byte, or its end, says "go"
  UniqueFd sync;    // _OCI_SYNCPIPE: where we report
  UniqueFd attach;  // _OCI_ATTACHPIPE: told when clients can attach

  /// Makes them O_CLOEXEC. Errors: InvalidConfig for what is no number or no fd.
  static Result<EnginePipes> from_environment();

  /// Blocks until the engine says "go".
  void wait_for_start() const;
  /// One message on the sync pipe. An engine that is gone is none of our worries.
  void report(const Options& options, SyncValue what, int value, std::string_view text = {}) const;
  /// Tells that clients can attach.
  void tell_attachable() const;
};

}  // namespace ocirt::shim
