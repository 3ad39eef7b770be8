// The attach socket: any number of clients that see the output and may send input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/loop.h"
#include "shim/model/options.h"
#include "shim/model/packet_queue.h"

namespace ocirt::shim {

/// What a client that reads too slowly means for the others.
///
/// Up to kBacklog bytes wait for it in memory. When that is full, the payload's output is left in
/// its pipe, so that a slow reader loses nothing; a reader that takes nothing at all for
/// kPatience_ms is stuck: its output is dropped, and a line says how much of it, until it reads
/// again.
constexpr size_t kBacklog = 1 << 20;  // bytes
constexpr int64_t kPatience_ms = 5000;

class AttachServer {
 public:
  explicit AttachServer(Loop& loop) : loop_(loop) {}

  /// Listens at BUNDLE/attach, by way of the link in --socket-dir-path unless --full-attach.
  Result<> listen(const Options& options);

  /// Lets everybody in who has connected.
  void accept_all();
  /// Sends to every client, or keeps for it.
  void broadcast(Stream stream, std::string_view data);
  /// A client can be written to.
  void flush(int fd);

  /// Does a full backlog ask us to leave the output where it is?
  [[nodiscard]] bool wants_pause() const;
  /// When the patience with the first stuck client ends, in monotonic_ms(); nothing if none is.
  [[nodiscard]] std::optional<int64_t> deadline() const;
  void give_up_on_stuck(int64_t now_ms);

  /// Input. False when the client has closed its side (or is gone), which happens once.
  struct Input {
    bool closed = false;
    std::string_view data;
  };
  Input read(int fd, std::span<char> buffer);
  [[nodiscard]] std::vector<int> readers() const;
  /// Stops and resumes looking for input, of all clients.
  void hold_input(bool hold);
  /// The client's other side is gone altogether.
  void hang_up(int fd);

  /// Sends what waits, while clients take it, and closes. Unlinks the socket.
  void finish();

 private:
  struct Client {
    UniqueFd fd;
    PacketQueue queue;
    bool can_read = true;
    bool hung_up = false;  // while its input was held
    uint64_t lost = 0;     // bytes dropped since it got stuck
    bool is_stuck = false;
    int64_t full_since_ms = 0;  // without any progress; 0: not full
  };

  Client* find(int fd);
  bool accept_one();
  bool send_some(Client& client);
  void keep(Client& client, Stream stream, std::string_view data);
  void watch(const Client& client);
  void drop(int fd);

  Loop& loop_;
  UniqueFd socket_;
  std::string path_;
  std::vector<std::unique_ptr<Client>> clients_;
  bool input_held_ = false;
};

}  // namespace ocirt::shim
