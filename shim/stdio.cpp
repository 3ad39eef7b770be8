// The payload's standard streams, made before the runtime starts: pipes, or a terminal that the
// runtime sends us.
#include "shim/stdio.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::shim {
namespace {

// For a payload that isn't root and opens /dev/stdout, which leads to the pipe.
constexpr mode_t kPipeMode = 0777;

Result<> make_pipe(UniqueFd& reader, UniqueFd& writer, bool we_read) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return last_error("make a pipe");
  reader.reset(ends[0]);
  writer.reset(ends[1]);
  (void)::fchmod(ends[0], kPipeMode);  // one inode for both ends; root needs none of it
  // Only ours: the payload's end is another open file.
  if (::fcntl(we_read ? ends[0] : ends[1], F_SETFL, O_NONBLOCK) != 0) {
    return last_error("make a pipe that doesn't block");
  }
  return {};
}

std::string random_name() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz012345";
  std::array<unsigned char, 10> random{};
  (void)!::getrandom(random.data(), random.size(), 0);  // a name that is taken is tried again
  std::string name;
  for (const unsigned char byte : random) name += kLetters[byte % kLetters.size()];
  return name;
}

// A newline of the payload's moves the cursor to the line's beginning, whatever the runtime set.
void map_newlines(int terminal) {
  termios settings{};
  if (::tcgetattr(terminal, &settings) != 0) return;  // not a terminal: as good as it gets
  settings.c_oflag |= ONLCR;
  (void)::tcsetattr(terminal, TCSANOW, &settings);
}

}  // namespace

Result<Stdio> make_stdio(const Options& options) {
  Stdio stdio;
  if (options.is_passthrough()) return stdio;
  if (options.stdin_pipe && !options.terminal) {
    TRY(make_pipe(stdio.their_stdin, stdio.our_stdin, false));
  } else {
    stdio.their_stdin = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  }
  if (!options.terminal) {
    TRY(make_pipe(stdio.our_stdout, stdio.their_stdout, true));
  } else {
    stdio.their_stdout = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  }
  TRY(make_pipe(stdio.our_stderr, stdio.their_stderr, true));
  return stdio;
}

Result<ConsoleSocket> ConsoleSocket::make() {
  const char* variable = ::getenv("TMPDIR");
  const std::string directory = variable != nullptr && *variable != '\0' ? variable : "/tmp";
  ConsoleSocket made;
  made.socket_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made.socket_) return last_error("make a socket");
  (void)::fchmod(made.socket_.get(), 0700);  // becomes the file's mode (unix(7))
  for (int attempt = 0; attempt < 16; ++attempt) {
    const std::string path = directory + "/conmon-term." + random_name();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      return make_error(ErrorKind::InvalidConfig, "TMPDIR \"" + directory + "\" is too long");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(made.socket_.get(), generic, sizeof address) == 0) {
      made.path_ = path;
      if (::listen(made.socket_.get(), 1) != 0) return last_error("listen on \"" + path + "\"");
      return made;
    }
    if (errno != EADDRINUSE) return system_error(errno, "bind \"" + path + "\"");
  }
  return make_error(ErrorKind::System, "no free name for a socket in \"" + directory + "\"");
}

ConsoleSocket::ConsoleSocket(ConsoleSocket&& other) noexcept
    : socket_(std::move(other.socket_)), path_(std::exchange(other.path_, {})) {}

ConsoleSocket& ConsoleSocket::operator=(ConsoleSocket&& other) noexcept {
  if (this != &other) {
    remove();
    socket_ = std::move(other.socket_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

Result<UniqueFd> ConsoleSocket::receive() {
  const UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return UniqueFd();
    return last_error("accept the runtime's terminal");
  }
  remove();
  // The sender is about to send, and does nothing else; it may not have sent yet.
  std::array<std::byte, 4096> text;
  sys::Packet packet = TRY(sys::receive_packet(connection.get(), text));
  if (!packet.fd) return make_error(ErrorKind::System, "the runtime sent no terminal");
  if (::fcntl(packet.fd.get(), F_SETFL, O_RDWR | O_NONBLOCK) != 0) {
    return last_error("make the terminal's master not block");
  }
  map_newlines(packet.fd.get());
  return std::move(packet.fd);
}

void ConsoleSocket::remove() {
  if (!path_.empty()) (void)::unlink(path_.c_str());  // gone already: as wanted
  path_.clear();
  socket_.reset();
}

}  // namespace ocirt::shim
