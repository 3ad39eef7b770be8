// Passes the container's sd_notify messages on to the host.
#include "shim/notify_proxy.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>

#include "shim/model/notify_filter.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::shim {

Result<> NotifyProxy::open(const std::string& bundle, const std::string& host_socket, Loop& loop) {
  const std::string path = bundle + "/notify";
  const UniqueFd directory = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY));
  socket_ = TRY(sys::bind_datagram_at(directory.get(), "notify.sock"));
  host_ = host_socket;
  return loop.watch(socket_.get(), Source::Notify, EPOLLIN);
}

void NotifyProxy::pass() {
  std::array<char, 4096> message;
  const ssize_t got = ::recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT);
  if (got <= 0) return;
  const std::string lines = notify_lines({message.data(), static_cast<size_t>(got)});
  if (lines.empty()) return;
  // Each time anew: the host's manager may have been restarted. Nobody listening: nobody to tell.
  const Result<UniqueFd> host = sys::connect_datagram(host_);
  if (host) (void)::send(host->get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace ocirt::shim
