// The messages between the processes that make a container. Runs in: creator, joiner, init.
//
//   init / joiner                      creator
//   InitPid{pid}         ─────►        (joiner only) the creator adopts init
//                        ◄─────        Proceed: ids are mapped, v1 cgroups are joined
//                        ◄─────        CgroupJoined [+ fd]: (systemd) init is in its cgroup; the fd
//                        leads
//                                      on to the one that is delegated
//   RunRuntimeHooks      ─────►        runs prestart and createRuntime
//                        ◄─────        HooksDone
//   Terminal + fd        ─────►        (attached) the creator keeps the master of the terminal
//   SeccompListener + fd ─────►        passes it on to listenerPath
//                        ◄─────        SeccompDone
//   Ready                ─────►        commits the state: status created
//                        ◄─────        Committed: init forgets the creator and waits at the gate,
//                                      or Start: (run) it goes on at once
//   Failed{error}        ─────►        at any time; the creator reports it once and cleans up
//
// At the gate, `start` takes the creator's place on a connection of its own:
//                        ◄─────        Start
//   RunPostStart         ─────►        (nothing else: a closed connection means that execve worked)
//   Failed{error}        ─────►
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/stage.h"
#include "base/unique_fd.h"

namespace ocirt::stages {

enum class MessageType : uint32_t {
  InitPid,
  Proceed,
  CgroupJoined,
  RunRuntimeHooks,
  HooksDone,
  Terminal,
  SeccompListener,
  SeccompDone,
  Ready,
  Committed,
  Start,
  Failed,
};

/// One packet. Fixed in size, so that nothing is allocated to send or to receive it.
struct Message {
  MessageType type = MessageType::Failed;
  int32_t number = 0;  // InitPid: the pid. Failed: the errno
  uint32_t kind = 0;   // Failed: ErrorKind
  uint32_t stage = 0;  // Failed: Stage
  char text[1024] = {};
  char hint[512] = {};
};

/// One end of the conversation. Borrows its socket.
class Channel {
 public:
  explicit Channel(int socket) : socket_(socket) {}

  [[nodiscard]] int socket() const { return socket_; }

  [[nodiscard]] Result<> send(MessageType type, int32_t number = 0, int fd = -1) const;

  /// Reports `error` of `stage` to the other end. Failing to is not reported: nobody is left.
  void send_failure(Stage stage, const Error& error) const noexcept;

  struct Received {
    Message message;
    UniqueFd fd;
  };

  /// The next message; nothing when the other end is gone.
  [[nodiscard]] Result<std::optional<Received>> receive() const;

  /// The next message, which must be of `type`. A Failed message becomes the error it carries; a
  /// closed channel an error of its own.
  [[nodiscard]] Result<Received> expect(MessageType type) const;

 private:
  int socket_;
};

/// The Error that a Failed message carries.
Error error_in(const Message& message);

}  // namespace ocirt::stages
