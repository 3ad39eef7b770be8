// The mount that a sealed program runs from.
#include "sys/own_mount.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

namespace ocirt::sys {

namespace {

// The kernel's name for what was executed by its fd alone (execveat(2), AT_EMPTY_PATH).
int executed_fd() {
  const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (name == nullptr) return -1;
  std::string_view path = name;
  constexpr std::string_view kFds = "/dev/fd/";
  if (!path.starts_with(kFds)) return -1;
  path.remove_prefix(kFds.size());
  int fd = -1;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), fd);
  return error == std::errc() && end == path.data() + path.size() ? fd : -1;
}

}  // namespace

int own_mount() {
  static const int fd = [] {
    const int executed = executed_fd();
    return executed >= kFirstOwnMountFd && ::fcntl(executed, F_GETFD) >= 0 ? executed : -1;
  }();
  return fd;
}

void let_go_of_own_mount() {
  static bool gone = false;
  if (!gone && own_mount() >= 0) (void)::close(own_mount());
  gone = true;
}

}  // namespace ocirt::sys
