// Sends records to systemd's journal, without its library.
//
// The protocol is one datagram for each record, or, where that would be too long, a datagram that
// carries nothing but the fd of a sealed memory file (systemd.io/JOURNAL_NATIVE_PROTOCOL).
// docs/decisions/0012 says why it isn't libsystemd that speaks it.
#include "shim/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <span>

#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::shim {
namespace {

constexpr const char* kSocketPath = "/run/systemd/journal/socket";
constexpr int kSendBuffer = 8 << 20;  // bytes; as libsystemd asks for
constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};

bool send_as_file(int socket, const std::string& record) {
  UniqueFd file(::memfd_create("journal", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file || !sys::write_all(file.get(), record)) return false;
  constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return false;
  return static_cast<bool>(sys::send_packet(socket, {}, file.get()));
}

}  // namespace

bool Journal::connect() {
  Result<UniqueFd> socket = sys::connect_datagram(kSocketPath);
  if (!socket) return false;
  // Both are wishes; the system's defaults do, too.
  (void)::setsockopt(socket->get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  (void)::setsockopt(socket->get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  socket_ = std::move(*socket);
  return true;
}

void Journal::send(const std::string& record) {
  // Twice: journald may have been restarted, which leaves us with a dead connection.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!socket_ && !connect()) return;
    if (::send(socket_.get(), record.data(), record.size(), MSG_NOSIGNAL) >= 0) return;
    if (errno == EAGAIN) return;
    if ((errno == EMSGSIZE || errno == ENOBUFS) && send_as_file(socket_.get(), record)) return;
    socket_.reset();
  }
}

}  // namespace ocirt::shim
