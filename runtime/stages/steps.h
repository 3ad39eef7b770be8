// Runs the steps of a child one by one, and reports the first that fails. Runs in: init, joiner.
#pragma once

#include <unistd.h>

#include "base/result.h"
#include "base/stage.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

/// `step(Stage::Join, [&] { return join(...); })`: on an error the creator is told the stage, the
/// errno and the text, and the process ends. So a child can never fall back into the parent's code.
class Steps {
 public:
  explicit Steps(Channel to) : to_(to) {}

  template <typename Action>
  void operator()(Stage stage, Action action) const noexcept {
    if (Result<> done = action(); !done) {
      to_.send_failure(stage, done.error());
      _exit(1);
    }
  }

 private:
  Channel to_;
};

}  // namespace ocirt::stages
