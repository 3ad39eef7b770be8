// What a monitor leaves behind, so that its death loses no exit code: an entry in --recovery-dir.
//
// DIR/ID is the note (shim/model/recovery_note.h), locked by flock(2) while the monitor lives: a
// lock that can be had is a monitor that is gone. DIR/ID.payload is a bind mount of the payload's
// pidfd. A mount needs no process to hold it, and while it is there the kernel keeps how the
// payload ended (Linux 6.15), whoever has reaped it. docs/decisions/0013 has the whole story.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/model/options.h"
#include "shim/payload.h"

namespace ocirt::shim {

class RecoveryEntry {
 public:
  RecoveryEntry() = default;
  RecoveryEntry(const RecoveryEntry&) = delete;
  RecoveryEntry& operator=(const RecoveryEntry&) = delete;

  /// Makes the entry, complete before it has its name. Without --recovery-dir nothing happens. A
  /// kernel or a user that can't mount leaves an entry without the mount: the end is noticed then,
  /// but the code is unknown.
  Result<> make(const Options& options, const Payload& payload);

  /// All is done: nobody has to recover anything.
  void remove();

 private:
  UniqueFd directory_;
  UniqueFd note_;  // holds the lock
  std::string name_;
};

/// Finishes the work of every monitor that has died before its payload ended: exit files, record,
/// exit command. A line for each entry of `directory` goes to stdout: its name, and "monitored",
/// "running", "unknown" or the exit number. Returns our exit status.
int recover_all(const std::string& directory);

}  // namespace ocirt::shim
