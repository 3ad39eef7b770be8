// The payload's standard streams, made before the runtime starts: pipes, or a terminal that the
// runtime sends us.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/model/options.h"

namespace ocirt::shim {

/// The ends of the pipes. Ours don't block.
struct Stdio {
  UniqueFd our_stdin;   // that we write to; none without --stdin
  UniqueFd our_stdout;  // that we read; none with a terminal
  UniqueFd our_stderr;  // always: the runtime's own errors come here
  UniqueFd their_stdin;
  UniqueFd their_stdout;
  UniqueFd their_stderr;
};

/// Without --stdin the payload's stdin is /dev/null; not made with a passthrough log.
Result<Stdio> make_stdio(const Options& options);

/// Where the runtime sends the terminal. The path goes away with the object, or earlier.
class ConsoleSocket {
 public:
  ConsoleSocket() = default;
  static Result<ConsoleSocket> make();
  ConsoleSocket(ConsoleSocket&& other) noexcept;
  ConsoleSocket& operator=(ConsoleSocket&& other) noexcept;
  ConsoleSocket(const ConsoleSocket&) = delete;
  ConsoleSocket& operator=(const ConsoleSocket&) = delete;
  ~ConsoleSocket() { remove(); }

  [[nodiscard]] int fd() const { return socket_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// The terminal's master, which doesn't block; none (-1) where nobody has connected yet.
  Result<UniqueFd> receive();
  /// Closes and unlinks.
  void remove();

 private:
  UniqueFd socket_;
  std::string path_;
};

}  // namespace ocirt::shim
