// The pipes to the engine that started us: when to go on, and what it is told.
#include "shim/engine.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace ocirt::shim {
namespace {

Result<UniqueFd> fd_from(const char* name) {
  const char* value = ::getenv(name);
  if (value == nullptr) return UniqueFd();
  const std::string_view text(value);
  int number = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size() || number < 0) {
    return make_error(ErrorKind::InvalidConfig, "unable to parse " + std::string(name));
  }
  if (::fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
    return system_error(errno, "unable to make " + std::string(name) + " CLOEXEC");
  }
  return UniqueFd(number);
}

// As a whole: for some engines it is a packet.
void send(int fd, const std::string& message) {
  ssize_t put = 0;
  do {
    put = ::write(fd, message.data(), message.size());
  } while (put < 0 && errno == EINTR);
}

}  // namespace

Result<EnginePipes> EnginePipes::from_environment() {
  EnginePipes pipes;
  pipes.sync = TRY(fd_from("_OCI_SYNCPIPE"));
  pipes.start = TRY(fd_from("_OCI_STARTPIPE"));
  pipes.attach = TRY(fd_from("_OCI_ATTACHPIPE"));
  return pipes;
}

void EnginePipes::wait_for_start() const {
  if (!start) return;
  char bytes[16];
  ssize_t got = 0;
  do {
    got = ::read(start.get(), bytes, sizeof bytes);
  } while (got < 0 && errno == EINTR);
}

void EnginePipes::report(const Options& options, SyncValue what, int value,
                         std::string_view text) const {
  if (!sync) return;
  // Before API version 1 an exec session had one kind of message only.
  const SyncValue kind = options.exec ? SyncValue::ExitCode : what;
  send(sync.get(), sync_message(options.api_version, kind, value, text));
}

void EnginePipes::tell_attachable() const {
  if (attach) send(attach.get(), sync_message(1, SyncValue::Pid, 0));
}

}  // namespace ocirt::shim
