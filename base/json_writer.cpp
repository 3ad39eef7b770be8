// Writes JSON text, append-only. Used wherever JSON is printed without a document in memory.
#include "base/json_writer.h"

#include "base/utf8.h"

#include <charconv>

namespace ocirt {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void append_escape(std::string& out, unsigned code_point) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (code_point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[(code_point >> 4) & 0xF];
      out += kDigits[code_point & 0xF];
  }
}

bool needs_no_escape(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

template <typename Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end.ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    size_t plain = 0;
    while (plain < text.size() && needs_no_escape(static_cast<unsigned char>(text[plain]))) plain++;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;

    const size_t length = utf8_character(text);
    const unsigned first = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      out += kReplacement;
    } else if (length == 1) {
      append_escape(out, first);
    } else if (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {  // U+0080 to U+009F
      append_escape(out, static_cast<unsigned char>(text[1]));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

void JsonWriter::new_line() {
  if (indent_.empty()) return;
  text_ += '\n';
  for (size_t level = 0; level < depth_; level++) text_ += indent_;
}

void JsonWriter::start_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!is_first_) text_ += ',';
  if (depth_ > 0) new_line();
  is_first_ = false;
}

void JsonWriter::begin(char bracket) {
  start_value();
  text_ += bracket;
  depth_++;
  is_first_ = true;
}

void JsonWriter::end(char bracket) {
  depth_--;
  if (!is_first_) new_line();
  text_ += bracket;
  is_first_ = false;
}

void JsonWriter::key(std::string_view name) {
  start_value();
  append_json_string(text_, name);
  text_ += indent_.empty() ? ":" : ": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  start_value();
  append_json_string(text_, text);
}

void JsonWriter::append_raw(std::string_view token) {
  start_value();
  text_ += token;
}

void JsonWriter::append_signed(int64_t number) {
  start_value();
  append_number(text_, number);
}

void JsonWriter::append_unsigned(uint64_t number) {
  start_value();
  append_number(text_, number);
}

}  // namespace ocirt
