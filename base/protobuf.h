// Protocol Buffers' wire format, as far as CRIU's requests need it: numbers, texts and messages.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ocirt {

/// Writes one message, field by field. The numbers of the fields are those of the .proto file.
class ProtobufWriter {
 public:
  /// An int32, uint32, uint64, bool or enum. A negative number is written as int32 has it.
  void number(uint32_t field, int64_t value);
  /// A string, bytes, or a message that is written already.
  void bytes(uint32_t field, std::string_view value);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void varint(uint64_t value);

  std::string text_;
};

/// One field of a message: what is of the other kind is 0 or empty.
struct ProtobufField {
  uint32_t field = 0;
  uint64_t number = 0;
  std::string_view bytes;  // of the message that is read
};

/// Reads a message, field by field, in the order in which they stand there. What it reads may come
/// from anybody.
class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  /// The next field; nothing at the end, and where the message is damaged.
  std::optional<ProtobufField> next();

  [[nodiscard]] bool damaged() const { return damaged_; }

 private:
  std::optional<uint64_t> varint();
  std::optional<std::string_view> take(uint64_t size);

  std::string_view rest_;
  bool damaged_ = false;
};

}  // namespace ocirt
