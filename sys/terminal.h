// Pseudo-terminals. Knows no OCI word.
#pragma once

#include <sys/ioctl.h>
#include <termios.h>

#include <optional>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

struct Pty {
  UniqueFd master;
  UniqueFd peer;  // the side that becomes the program's stdin, stdout and stderr
};

/// Opens a pseudo-terminal of the devpts that `ptmx_path` belongs to. The peer is opened through
/// the master (TIOCGPTPEER), so no path below /dev/pts is walked (CVE-2025-52565).
Result<Pty> open_pty(const char* ptmx_path);

/// Makes `peer` the controlling terminal of this session and its stdin, stdout and stderr. The
/// caller is a session leader.
Result<> take_terminal(int peer);

/// TIOCSWINSZ.
Result<> set_window_size(int terminal, unsigned short rows, unsigned short columns);

/// TIOCGWINSZ; nothing when `terminal` isn't one.
std::optional<winsize> window_size(int terminal);

/// Puts a terminal into raw mode and back again when it goes.
class [[nodiscard]] RawMode {
 public:
  static Result<RawMode> enter(int terminal);
  RawMode(RawMode&& other) noexcept
      : terminal_(std::exchange(other.terminal_, -1)), before_(other.before_) {}
  RawMode& operator=(RawMode&&) = delete;
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;
  ~RawMode();

 private:
  RawMode(int terminal, const termios& before) : terminal_(terminal), before_(before) {}
  int terminal_;
  termios before_;
};

}  // namespace ocirt::sys
