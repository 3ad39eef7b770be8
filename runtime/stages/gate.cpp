// The start gate: where init waits between `create` and `start`. Runs in: init, and the `start`
// process.
#include "runtime/stages/gate.h"

#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include "runtime/stages/protocol.h"
#include "runtime/stages/seccomp.h"
#include "runtime/store/container_dir.h"
#include "sys/socket.h"

namespace ocirt::stages {

Result<UniqueFd> wait_at_gate(int listening_socket) {
  while (true) {
    UniqueFd connection(::accept4(listening_socket, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return last_error("wait for start");
    }
    const std::optional<Channel::Received> received = TRY(Channel(connection.get()).receive());
    // A `start` that was killed before it spoke: the next one may come.
    if (received && received->message.type == MessageType::Start) return connection;
  }
}

Result<> route_listener(const Channel& init, int listener, const ListenerRoute& route) {
  TRY(send_seccomp_listener(listener, HostPath{route.socket_path}, route.state_json));
  return init.send(MessageType::SeccompDone);
}

Result<> await_exec(int socket, const ListenerRoute& route) {
  const Channel init(socket);
  while (true) {
    const std::optional<Channel::Received> received = TRY(init.receive());
    if (!received) return {};  // closed by execve
    switch (received->message.type) {
      case MessageType::SeccompListener:
        TRY(route_listener(init, received->fd.get(), route));
        break;
      case MessageType::Failed:
        return error_in(received->message);
      default:
        return make_error(ErrorKind::Bug, "an unexpected message after start");
    }
  }
}

Result<> open_gate(int directory, const ListenerRoute& route) {
  const UniqueFd connection = TRY(sys::connect_at(directory, store::kGateSocket));
  TRY(Channel(connection.get()).send(MessageType::Start));
  return await_exec(connection.get(), route);
}

}  // namespace ocirt::stages
