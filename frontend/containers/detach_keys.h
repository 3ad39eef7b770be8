// The keys that detach a terminal from a container: "ctrl-p,ctrl-q". Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ocirt::containers {

/// Looks for the keys in what is typed, however the bytes are split. What may be the beginning of
/// them is held back until it is known not to be, or release() is called.
class DetachKeys {
 public:
  /// A list of single characters, ctrl-X and DEL; empty: there are none. Errors: InvalidConfig.
  static Result<DetachKeys> parse(std::string_view text);

  /// What goes on to the container. After the whole sequence has come, has_detached() is true and
  /// the rest of `typed` is dropped.
  std::string feed(std::string_view typed);

  /// What is held back, since nothing followed it for a while.
  std::string release();

  [[nodiscard]] bool is_holding() const { return matched_ > 0; }
  [[nodiscard]] bool has_detached() const { return detached_; }

 private:
  void take(char byte, std::string& passed);

  std::string keys_;
  size_t matched_ = 0;  // of keys_, held back
  bool detached_ = false;
};

}  // namespace ocirt::containers
