// Writes JSON text, append-only. Used wherever JSON is printed without a document in memory.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ocirt {

/// Appends `text` to `out` as a JSON string with its quotes. Control characters (C0, DEL and C1,
/// which some terminals obey) are escaped; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Writes one JSON document from its beginning to its end, with commas and indentation in place.
///
///     JsonWriter json("  ");
///     json.begin_object();
///     json.member("pid", 12);
///     json.key("args");
///     json.begin_array();
///     json.value("sh");
///     json.end_array();
///     json.end_object();
///     write(std::move(json).take());
class JsonWriter {
 public:
  /// `indent` is what a level is indented by; without one the text is a single line.
  explicit JsonWriter(std::string_view indent = {}) : indent_(indent) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  /// The key of the next value, inside an object.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(std::integral auto number) {
    if constexpr (std::is_same_v<decltype(number), bool>) {
      append_raw(number ? "true" : "false");
    } else if constexpr (std::is_signed_v<decltype(number)>) {
      append_signed(number);
    } else {
      append_unsigned(number);
    }
  }
  void null() { append_raw("null"); }
  /// A number that is spelled already, as JSON spells them: "0.25".
  void number(std::string_view spelled) { append_raw(spelled); }

  void member(std::string_view name, const auto& content) {
    key(name);
    value(content);
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void begin(char bracket);
  void end(char bracket);
  void start_value();  // the comma, the line and the indentation before a value or key
  void new_line();
  void append_raw(std::string_view token);
  void append_signed(int64_t number);
  void append_unsigned(uint64_t number);

  std::string text_;
  std::string indent_;
  size_t depth_ = 0;
  bool is_first_ = true;    // nothing stands yet in the innermost object or array
  bool after_key_ = false;  // the next value belongs to the key just written
};

}  // namespace ocirt
