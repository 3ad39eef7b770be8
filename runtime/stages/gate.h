// The start gate: where init waits between `create` and `start`. Runs in: init, and the `start`
// process.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

/// Waits for `start` to connect to the listening socket and to say so. Returns the connection,
/// through which init tells how execve went. Runs in: init.
Result<UniqueFd> wait_at_gate(int listening_socket);

/// Where a seccomp listener goes that init sends (config-linux.md#containerprocessstate).
struct ListenerRoute {
  std::string socket_path;  // empty: the profile notifies nobody
  std::string state_json;
};

/// Opens the gate of the container in `directory` and waits until the payload runs: init's end of
/// the connection closes by itself at execve. Runs in: the `start` process.
/// Errors: those of init (startContainer hooks, seccomp, execve), or BadState when it is gone.
Result<> open_gate(int directory, const ListenerRoute& route);

/// Waits for the word of init, through `socket`, that it runs, after it was told to go on.
Result<> await_exec(int socket, const ListenerRoute& route);

/// Passes a listener on and lets init continue.
Result<> route_listener(const Channel& init, int listener, const ListenerRoute& route);

}  // namespace ocirt::stages
