// Pseudo-terminals. Knows no OCI word.
#include "sys/terminal.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace ocirt::sys {

Result<Pty> open_pty(const char* ptmx_path) {
  Pty pty;
  pty.master.reset(::open(ptmx_path, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pty.master) return last_error(fmt::format("open \"{}\"", ptmx_path));
  int locked = 0;
  if (::ioctl(pty.master.get(), TIOCSPTLCK, &locked) < 0) {
    return last_error(fmt::format("unlock a terminal of \"{}\"", ptmx_path));
  }
  pty.peer.reset(::ioctl(pty.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!pty.peer) return last_error(fmt::format("open the peer of a terminal of \"{}\"", ptmx_path));
  return pty;
}

Result<> take_terminal(int peer) {
  if (::ioctl(peer, TIOCSCTTY, 0) < 0) return last_error("take the controlling terminal");
  for (int standard = 0; standard <= 2; ++standard) {
    if (::dup2(peer, standard) < 0) return last_error("put the terminal on stdin, stdout, stderr");
  }
  return {};
}

Result<> set_window_size(int terminal, unsigned short rows, unsigned short columns) {
  const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  if (::ioctl(terminal, TIOCSWINSZ, &size) < 0) return last_error("set the terminal's size");
  return {};
}

std::optional<winsize> window_size(int terminal) {
  winsize size{};
  if (::ioctl(terminal, TIOCGWINSZ, &size) < 0) return std::nullopt;
  return size;
}

Result<RawMode> RawMode::enter(int terminal) {
  termios before{};
  if (::tcgetattr(terminal, &before) < 0) return last_error("read the terminal's mode");
  termios raw = before;
  ::cfmakeraw(&raw);
  raw.c_oflag |= OPOST;  // our own messages still need it; the payload's terminal has its own
  if (::tcsetattr(terminal, TCSANOW, &raw) < 0) return last_error("set the terminal's mode");
  return RawMode(terminal, before);
}

RawMode::~RawMode() {
  if (terminal_ >= 0) (void)::tcsetattr(terminal_, TCSANOW, &before_);  // nothing left to try
}

}  // namespace ocirt::sys
