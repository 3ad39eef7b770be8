// The messages between the processes that make a container. Runs in: creator, joiner, init.
#include "runtime/stages/protocol.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "sys/socket.h"

namespace ocirt::stages {

namespace {

template <size_t N>
void copy_text(char (&target)[N], const std::string& text) {
  const size_t length = std::min(text.size(), N - 1);
  std::memcpy(target, text.data(), length);
  target[length] = '\0';
}

std::span<const std::byte> bytes_of(const Message& message) {
  return std::as_bytes(std::span(&message, 1));
}

}  // namespace

Result<> Channel::send(MessageType type, int32_t number, int fd) const {
  const Message message{.type = type, .number = number};
  return sys::send_packet(socket_, bytes_of(message), fd);
}

void Channel::send_failure(Stage stage, const Error& error) const noexcept {
  Message message{.type = MessageType::Failed,
                  .number = error.errno_value,
                  .kind = static_cast<uint32_t>(error.kind),
                  .stage = static_cast<uint32_t>(stage)};
  copy_text(message.text, error.text);
  copy_text(message.hint, error.hint);
  (void)sys::send_packet(socket_,
                         bytes_of(message));  // the other end may be gone: then nobody asks
}

Result<std::optional<Channel::Received>> Channel::receive() const {
  Received received;
  sys::Packet packet =
      TRY(sys::receive_packet(socket_, std::as_writable_bytes(std::span(&received.message, 1))));
  if (packet.size == 0) return std::optional<Received>();
  if (packet.size != sizeof(Message)) return make_error(ErrorKind::Bug, "a message of wrong size");
  received.fd = std::move(packet.fd);
  return std::optional<Received>(std::move(received));
}

Result<Channel::Received> Channel::expect(MessageType type) const {
  std::optional<Received> received = TRY(receive());
  if (!received) {
    return make_error(ErrorKind::System, "the container's process ended without a word");
  }
  if (received->message.type == MessageType::Failed) return error_in(received->message);
  if (received->message.type != type) {
    return make_error(ErrorKind::Bug, fmt::format("message {} where {} was due",
                                                  static_cast<uint32_t>(received->message.type),
                                                  static_cast<uint32_t>(type)));
  }
  return std::move(*received);
}

Error error_in(const Message& message) {
  return Error{.kind = static_cast<ErrorKind>(message.kind),
               .errno_value = message.number,
               .stage = name_of(static_cast<Stage>(message.stage)),
               .text = std::string(message.text),
               .hint = std::string(message.hint)};
}

}  // namespace ocirt::stages
