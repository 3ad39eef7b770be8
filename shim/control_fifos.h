// The fifos ctl and winsz in the bundle, through which engines resize terminals and reopen logs.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/loop.h"
#include "shim/model/control.h"

namespace ocirt::shim {

class ControlFifos {
 public:
  /// Makes both, also where they exist, and opens them: engines write without waiting for us.
  Result<> open(const std::string& bundle, Loop& loop);

  /// What was written since the last call: the latest size, and whether logs are to be reopened.
  struct Wishes {
    std::optional<WindowSize> size;
    bool reopen_logs = false;
  };
  Wishes read_control();
  Wishes read_window_size();

 private:
  UniqueFd control_;
  UniqueFd window_size_;
  LineCutter control_lines_;
  LineCutter window_size_lines_;
};

}  // namespace ocirt::shim
