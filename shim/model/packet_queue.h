// Packets that wait for a client of the attach socket. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "shim/model/line_frame.h"

namespace ocirt::shim {

/// The most bytes of output in a packet: clients read with buffers of one more, for the stream.
constexpr size_t kLongestPacket = 8192;

/// The next packet's part of `data`.
inline std::string_view first_packet(std::string_view data) {
  return data.substr(0, kLongestPacket);
}

/// First in, first out. A packet is the stream's byte and up to kLongestPacket bytes.
class PacketQueue {
 public:
  [[nodiscard]] bool is_empty() const { return begin_ == bytes_.size(); }
  /// Bytes that wait, with the few that keep packets apart.
  [[nodiscard]] size_t size() const { return bytes_.size() - begin_; }

  /// Cuts `data` into packets and appends them.
  void push(Stream stream, std::string_view data);

  /// The oldest packet, as it goes over the socket. Valid until the next push() or pop().
  [[nodiscard]] std::string_view front() const;
  void pop();

 private:
  // Each packet: its length in two bytes, low one first; then the packet.
  std::string bytes_;
  size_t begin_ = 0;
};

}  // namespace ocirt::shim
