// What a monitor leaves for whoever has to finish its work: should it die before the payload. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::shim {

struct RecoveryNote {
  // The payload. Its pid alone could be another's by now.
  int pid = 0;
  uint64_t start_time = 0;  // of /proc/PID/stat, in clock ticks since the machine's start
  std::string boot_id;      // of the machine's start
  int64_t started_s = 0;    // since 1970
  // What is to be done when it has ended: as in Options.
  std::string cid;
  std::string bundle;
  std::string exit_dir;
  std::string persist_dir;
  std::string exit_command;
  std::vector<std::string> exit_command_args;
  std::vector<std::string> environment;  // of the exit command: NAME=VALUE

  friend bool operator==(const RecoveryNote&, const RecoveryNote&) = default;
};

/// The note as the content of a file: a line of its version, then "name=value" with a NUL each.
std::string text_of(const RecoveryNote& note);

/// Errors: InvalidConfig for what no text_of() has made, as for one that was cut off.
Result<RecoveryNote> parse_recovery_note(std::string_view text);

}  // namespace ocirt::shim
