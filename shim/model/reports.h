// What the monitor tells the engine: messages on the sync pipe, and how a payload ended. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shim/model/options.h"
#include "shim/model/stamp.h"

namespace ocirt::shim {

/// The kinds of number that the sync pipe carries. API version 1 calls each "data"; before, they
/// had names of their own.
enum class SyncValue { Pid, ExitCode };

/// One message: a JSON object with its newline, to be written by one write(2), since it is a packet
/// for some engines. `text` is left out where it is empty.
std::string sync_message(int api_version, SyncValue what, int value, std::string_view text = {});

/// How a payload ended.
struct Ending {
  int pid = 0;
  bool is_known = true;  // false: the kernel couldn't tell
  int exit_code = 0;     // 0 to 255
  int signal = 0;        // that killed it; 0: none
  bool oom_killed = false;
  bool timed_out = false;
  Moment started;
  Moment finished;
};

/// The number in the exit file: the code, or 128 + the signal; -1 after a timeout, and where it
/// isn't known.
int exit_number(const Ending& ending);

/// The record of the end that has more than one number: one line of JSON.
std::string exit_record(const Ending& ending);

}  // namespace ocirt::shim
