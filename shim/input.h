// What clients send to the payload: its stdin, or its terminal.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "shim/loop.h"

namespace ocirt::shim {

/// Writes in the order in which it comes, and keeps what doesn't fit: one packet of a client, since
/// no more is read from any meanwhile. Closes only after all of it is written.
class Input {
 public:
  explicit Input(Loop& loop) : loop_(loop) {}

  /// The end to write to: a pipe, or a terminal's master. For the latter an fd of its own: the one
  /// that output is read from has an entry in the loop already.
  void open(UniqueFd end) { end_ = std::move(end); }

  /// Without anywhere to write to, the bytes are dropped.
  void write(std::string_view data);
  /// There is room again.
  void resume();
  [[nodiscard]] bool is_blocked() const { return !pending_.empty(); }

  /// Closes as soon as everything is written.
  void close_when_written();
  [[nodiscard]] int fd() const { return end_.get(); }

 private:
  void close();

  Loop& loop_;
  UniqueFd end_;
  std::string pending_;
  bool is_closing_ = false;
};

}  // namespace ocirt::shim
