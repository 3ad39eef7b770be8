// The one place where a monitor waits: an epoll set whose members have names.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::shim {

/// What an fd in the loop is.
enum class Source : uint32_t {
  Signals,
  StartPipe,
  Console,
  Stdout,  // or the terminal
  Stderr,
  Stdin,
  Payload,
  AttachSocket,
  Client,
  Control,
  WindowSize,
  Memory,
  Notify,
};

struct Happening {
  Source source = Source::Signals;
  int fd = -1;
  uint32_t events = 0;  // EPOLLIN, ...
};

class Loop {
 public:
  static Result<Loop> make();

  /// Adds an fd, or changes what is awaited of it. Level-triggered unless EPOLLET is among
  /// `events`.
  Result<> watch(int fd, Source source, uint32_t events);
  /// Does nothing for an fd that isn't in the loop.
  void forget(int fd);

  /// Waits until something happens, at most `timeout_ms` (-1: for ever). The result is valid until
  /// the next call.
  std::span<const Happening> wait(int timeout_ms);

 private:
  explicit Loop(UniqueFd epoll) : epoll_(std::move(epoll)) {}

  static constexpr int kMost = 16;
  UniqueFd epoll_;
  std::array<Happening, kMost> happenings_{};
};

}  // namespace ocirt::shim
