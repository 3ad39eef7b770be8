// Reads values in GVariant's text form, as the annotations org.systemd.property.* have them. Pure.
//
// https://docs.gtk.org/glib/gvariant-text-format.html, without maybe types and dictionaries, which
// no property of a unit has.
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "runtime/plan/decide_unit.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr int kDeepest = 16;  // levels of arrays and tuples: values come from strangers

constexpr std::array<std::pair<std::string_view, char>, 13> kKeywords = {{
    {"boolean", 'b'},
    {"byte", 'y'},
    {"int16", 'n'},
    {"uint16", 'q'},
    {"int32", 'i'},
    {"uint32", 'u'},
    {"handle", 'h'},
    {"int64", 'x'},
    {"uint64", 't'},
    {"double", 'd'},
    {"string", 's'},
    {"objectpath", 'o'},
    {"signature", 'g'},
}};

std::string_view keyword_of(char type) {
  for (const auto& [word, letter] : kKeywords) {
    if (letter == type) return word;
  }
  return "another value";
}

// The least and the largest of an integer type.
struct Range {
  int64_t least;
  uint64_t most;
};
std::optional<Range> range_of(char type) {
  switch (type) {
    case 'y':
      return Range{0, UINT8_MAX};
    case 'n':
      return Range{INT16_MIN, INT16_MAX};
    case 'q':
      return Range{0, UINT16_MAX};
    case 'i':
      return Range{INT32_MIN, INT32_MAX};
    case 'u':
      return Range{0, UINT32_MAX};
    case 'x':
      return Range{INT64_MIN, INT64_MAX};
    case 't':
      return Range{0, UINT64_MAX};
    default:
      return std::nullopt;
  }
}

// Appends a character as UTF-8.
void append_character(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The first complete type of a signature: "as" of "asb"; empty if there is none.
std::string_view first_type(std::string_view signature) {
  size_t at = 0;
  while (at < signature.size() && signature[at] == 'a') ++at;
  if (at == signature.size() || at > kDeepest) return {};
  if (signature[at] != '(') return signature.substr(0, at + 1);
  int depth = 0;
  for (; at < signature.size(); ++at) {
    if (signature[at] == '(') ++depth;
    if (signature[at] == ')' && --depth == 0) return signature.substr(0, at + 1);
  }
  return {};
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<std::string>& words) : rest_(text), words_(words) {}

  // A value of the type `expected`, or of any if that is empty. Returns its signature.
  Result<std::string> value(std::string_view expected, int depth = 0) {
    skip_blanks();
    if (depth > kDeepest) return error("is nested too deeply");
    std::string type(expected);
    if (take('@')) {
      type = std::string(first_type(rest_));
      rest_.remove_prefix(type.size());
      if (type.empty() || !is_blank_next()) return error("has a malformed type after \"@\"");
      skip_blanks();
    } else if (const char letter = take_keyword(); letter != '\0') {
      type = letter;
      skip_blanks();
    }
    if (!expected.empty() && type != expected) return wrong_type(expected);
    if (rest_.empty()) return error("ends too early");
    const char next = rest_.front();
    if (next == '[') return array(type, depth);
    if (next == '(') return tuple(type, depth);
    if (next == '<') return variant(type, depth);
    if (next == '\'' || next == '"') return string(type);
    return word(type);
  }

  Result<> end() {
    skip_blanks();
    if (!rest_.empty()) return error("has more after its end: " + quoted(rest_));
    return {};
  }

 private:
  static Error error(const std::string& problem) {
    return make_error(ErrorKind::InvalidConfig, problem);
  }
  static Error wrong_type(std::string_view expected) {
    if (expected.size() == 1) {
      return error("must be a " + std::string(keyword_of(expected.front())));
    }
    return error("must be of the D-Bus type " + std::string(expected));
  }

  bool is_blank_next() const {
    return !rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t');
  }
  void skip_blanks() {
    while (is_blank_next() || rest_.starts_with('\n')) rest_.remove_prefix(1);
  }
  bool take(char character) {
    if (!rest_.starts_with(character)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // "uint64 " and its like.
  char take_keyword() {
    for (const auto& [word, letter] : kKeywords) {
      if (rest_.size() > word.size() && rest_.starts_with(word) && rest_[word.size()] == ' ') {
        rest_.remove_prefix(word.size());
        return letter;
      }
    }
    return '\0';
  }

  Result<std::string> array(std::string_view type, int depth) {
    if (!type.empty() && type.front() != 'a') return wrong_type(type);
    std::string element(type.empty() ? "" : type.substr(1));
    rest_.remove_prefix(1);
    const size_t length_at = words_.size();
    words_.emplace_back();
    size_t length = 0;
    skip_blanks();
    while (!take(']')) {
      if (length > 0 && !take(',')) return error("lacks a \",\" or \"]\" in an array");
      element = TRY(value(element, depth + 1));
      ++length;
      skip_blanks();
    }
    if (element.empty()) return error("is an empty array of no known type: write \"@as []\"");
    words_[length_at] = std::to_string(length);
    return "a" + element;
  }

  Result<std::string> tuple(std::string_view type, int depth) {
    if (!type.empty() && type.front() != '(') return wrong_type(type);
    std::string_view members = type.empty() ? type : type.substr(1, type.size() - 2);
    rest_.remove_prefix(1);
    std::string signature = "(";
    for (bool first = true;; first = false) {
      skip_blanks();
      if (take(')')) break;
      if (!first) {
        if (!take(',')) return error("lacks a \",\" or \")\" in a tuple");
        skip_blanks();
        if (take(')')) break;  // "(1,)"
      }
      const std::string_view member = first_type(members);
      if (!type.empty() && member.empty()) return wrong_type(type);
      members.remove_prefix(member.size());
      signature += TRY(value(member, depth + 1));
    }
    if (!members.empty() || signature == "(") {
      return type.empty() ? error("has an empty tuple") : wrong_type(type);
    }
    return signature + ")";
  }

  Result<std::string> variant(std::string_view type, int depth) {
    if (!type.empty() && type != "v") return wrong_type(type);
    rest_.remove_prefix(1);
    const size_t signature_at = words_.size();
    words_.emplace_back();
    std::string content = TRY(value({}, depth + 1));
    words_[signature_at] = std::move(content);
    skip_blanks();
    if (!take('>')) return error("lacks a \">\"");
    return std::string("v");
  }

  Result<std::string> string(std::string_view type) {
    if (!type.empty() && type != "s" && type != "o" && type != "g") return wrong_type(type);
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string text;
    while (!take(quote)) {
      if (rest_.empty()) return error("has a string without its closing quote");
      const char character = rest_.front();
      rest_.remove_prefix(1);
      if (character == '\0') return error("has a NUL in a string");
      if (character == '\\') {
        TRY(escape(text));
      } else {
        text += character;
      }
    }
    words_.push_back(std::move(text));
    return type.empty() ? std::string("s") : std::string(type);
  }

  Result<> escape(std::string& text) {
    if (rest_.empty()) return error("ends in a \"\\\"");
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kLetters = "abfnrtv";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v";
    if (const size_t at = kLetters.find(kind); at != std::string_view::npos) {
      text += kMeanings[at];
      return {};
    }
    if (kind != 'u' && kind != 'U') {
      text += kind;
      return {};
    }
    const size_t digits = kind == 'u' ? 4 : 8;
    uint32_t code = 0;
    if (rest_.size() < digits) return error("has a malformed \"\\u\"");
    const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + digits, code, 16);
    if (problem != std::errc{} || end != rest_.data() + digits || code == 0 || code > 0x10FFFF ||
        (code >= 0xD800 && code < 0xE000)) {
      return error("has a malformed \"\\u\"");
    }
    rest_.remove_prefix(digits);
    append_character(text, code);
    return {};
  }

  // true, false or a number.
  Result<std::string> word(std::string_view type) {
    const size_t length = std::min(rest_.find_first_of(" \t\n,])>"), rest_.size());
    const std::string_view text = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (text == "true" || text == "false") {
      if (!type.empty() && type != "b") return wrong_type(type);
      words_.emplace_back(text);
      return std::string("b");
    }
    if (type.size() > 1) return wrong_type(type);
    char letter = type.empty() ? '\0' : type.front();
    if (letter == '\0') letter = text.find_first_of(".eE") == std::string_view::npos ? 'i' : 'd';
    if (letter == 'd') {
      TRY(add_double(text));
    } else if (const std::optional<Range> range = range_of(letter)) {
      TRY(add_integer(text, letter, *range));
    } else {
      return type.empty() ? error(quoted(text) + " is no value") : wrong_type(type);
    }
    return std::string(1, letter);
  }

  Result<> add_double(std::string_view text) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end != text.data() + text.size()) {
      return error(quoted(text) + " is no number");
    }
    words_.emplace_back(text);
    return {};
  }

  Result<> add_integer(std::string_view text, char type, const Range& range) {
    const bool negative = text.starts_with('-');
    std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
    int base = 10;
    if (digits.starts_with("0x") || digits.starts_with("0X")) {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits.starts_with('0')) {
      base = 8;
    }
    uint64_t number = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (digits.empty() || problem == std::errc::invalid_argument ||
        end != digits.data() + digits.size()) {
      return error(quoted(text) + " is no value; strings stand in quotes");
    }
    const uint64_t most = negative ? static_cast<uint64_t>(-(range.least + 1)) + 1 : range.most;
    if (problem != std::errc{} || number > (negative && range.least == 0 ? 0 : most)) {
      return error(quoted(text) + " is out of range for " + std::string(keyword_of(type)));
    }
    words_.push_back((negative && number != 0 ? "-" : "") + std::to_string(number));
    return {};
  }

  std::string_view rest_;
  std::vector<std::string>& words_;
};

}  // namespace

Result<UnitProperty> parse_gvariant(std::string_view text, std::string_view signature) {
  UnitProperty property;
  Parser parser(text, property.words);
  property.signature = TRY(parser.value(signature));
  TRY(parser.end());
  return property;
}

}  // namespace ocirt::plan
