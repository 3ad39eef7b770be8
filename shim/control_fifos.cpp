// The fifos ctl and winsz in the bundle, through which engines resize terminals and reopen logs.
#include "shim/control_fifos.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "shim/diagnostics.h"
#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr mode_t kMode = 0660;

Result<UniqueFd> make_fifo(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return system_error(errno, "replace \"" + path + "\"");
  }
  if (::mkfifo(path.c_str(), kMode) != 0) return system_error(errno, "make fifo \"" + path + "\"");
  // For writing, too: it then never comes to an end when the last writer closes.
  return sys::open_at(AT_FDCWD, path.c_str(), O_RDWR | O_NONBLOCK | O_NOFOLLOW);
}

// Takes what is there, at most a few kilobytes at a time: a writer that never stops gets its turn.
template <typename Use>
void read_lines(int fd, LineCutter& lines, Use use) {
  std::array<char, 4096> bytes;
  const ssize_t got = ::read(fd, bytes.data(), bytes.size());
  if (got > 0) lines.feed({bytes.data(), static_cast<size_t>(got)}, use);
}

}  // namespace

Result<> ControlFifos::open(const std::string& bundle, Loop& loop) {
  window_size_ = TRY(make_fifo(bundle + "/winsz"));
  control_ = TRY(make_fifo(bundle + "/ctl"));
  TRY(loop.watch(window_size_.get(), Source::WindowSize, EPOLLIN));
  return loop.watch(control_.get(), Source::Control, EPOLLIN);
}

ControlFifos::Wishes ControlFifos::read_control() {
  Wishes wishes;
  read_lines(control_.get(), control_lines_, [&](std::string_view line) {
    const std::optional<ControlMessage> message = parse_control(line);
    if (!message) return tell(Verbosity::Warning, "not understood in ctl");
    if (message->kind == ControlMessage::Kind::Resize) wishes.size = message->size;
    if (message->kind == ControlMessage::Kind::ReopenLogs) wishes.reopen_logs = true;
  });
  return wishes;
}

ControlFifos::Wishes ControlFifos::read_window_size() {
  Wishes wishes;
  read_lines(window_size_.get(), window_size_lines_, [&](std::string_view line) {
    if (const std::optional<WindowSize> size = parse_window_size(line)) wishes.size = size;
  });
  return wishes;
}

}  // namespace ocirt::shim
