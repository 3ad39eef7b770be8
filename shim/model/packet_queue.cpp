// Packets that wait for a client of the attach socket. Pure.
#include "shim/model/packet_queue.h"

namespace ocirt::shim {
namespace {

constexpr size_t kLengthBytes = 2;

}  // namespace

void PacketQueue::push(Stream stream, std::string_view data) {
  while (!data.empty()) {
    const std::string_view part = first_packet(data);
    const size_t length = part.size() + 1;
    bytes_ += static_cast<char>(length & 0xff);
    bytes_ += static_cast<char>(length >> 8);
    bytes_ += static_cast<char>(stream);
    bytes_ += part;
    data.remove_prefix(part.size());
  }
}

std::string_view PacketQueue::front() const {
  const auto low = static_cast<unsigned char>(bytes_[begin_]);
  const auto high = static_cast<unsigned char>(bytes_[begin_ + 1]);
  return std::string_view(bytes_).substr(begin_ + kLengthBytes,
                                         static_cast<size_t>(low | (high << 8)));
}

void PacketQueue::pop() {
  begin_ += kLengthBytes + front().size();
  if (is_empty()) {
    bytes_ = std::string();  // gives the memory back, which clear() doesn't
    begin_ = 0;
  } else if (begin_ > bytes_.size() / 2) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
}

}  // namespace ocirt::shim
