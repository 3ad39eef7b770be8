// The one place where a monitor waits: an epoll set whose members have names.
#include "shim/loop.h"

#include <cerrno>

namespace ocirt::shim {

Result<Loop> Loop::make() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return last_error("make an epoll set");
  return Loop(std::move(epoll));
}

Result<> Loop::watch(int fd, Source source, uint32_t events) {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = (static_cast<uint64_t>(source) << 32) | static_cast<uint32_t>(fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) == 0) return {};
  if (errno == EEXIST && ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &wanted) == 0) return {};
  return last_error("watch an fd");
}

void Loop::forget(int fd) {
  (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);  // not there: as wanted
}

std::span<const Happening> Loop::wait(int timeout_ms) {
  std::array<epoll_event, kMost> events;
  const int count = ::epoll_wait(epoll_.get(), events.data(), kMost, timeout_ms);
  if (count < 0) return {};  // EINTR, after SIGSTOP and SIGCONT
  for (int i = 0; i < count; ++i) {
    const uint64_t data = events[i].data.u64;
    happenings_[i] = {.source = static_cast<Source>(data >> 32),
                      .fd = static_cast<int>(data & 0xffffffff),
                      .events = events[i].events};
  }
  return {happenings_.data(), static_cast<size_t>(count)};
}

}  // namespace ocirt::shim
