// How fast output comes through a pipe, and what is done about it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ocirt::shim {

/// One for each pipe that is read. It belongs to whoever owns the pipe, and only borrows it.
class Flow {
 public:
  /// Notes that a read took `got` bytes out of `pipe`.
  ///
  /// Much output makes the pipe wider, so that the payload writes on while we log. A payload that
  /// writes line after line makes us sleep for a moment, in which the pipe collects many: else we
  /// would read line after line, and each write would have to wake us.
  void note(int pipe, size_t got);

  /// The pipe gets its former size back, if nothing much is in it: wide ones count against a limit
  /// of their user's (pipe(7), pipe-user-pages-soft), beyond which all new pipes are tiny.
  void narrow(int pipe);

 private:
  int64_t last_read_ns_ = 0;
  int quick_reads_ = 0;   // that followed one another at once
  int former_size_ = 0;   // of the pipe, in bytes, before it was made wider; 0: it wasn't
  bool is_wide_ = false;  // or can't be
};

}  // namespace ocirt::shim
