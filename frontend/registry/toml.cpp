// The part of TOML that registries.conf is written in. Pure.
#include "frontend/registry/toml.h"

#include <fmt/core.h>

#include <charconv>

namespace ocirt::registry {

namespace {

using nlohmann::json;

class TomlReader {
 public:
  explicit TomlReader(std::string_view text) : text_(text) {}

  Result<json> read() {
    json root = json::object();
    json* table = &root;
    while (true) {
      skip_space(true);
      if (text_.empty()) return root;
      if (text_.starts_with("[[")) {
        table = TRY(open_table(root, true));
      } else if (text_.starts_with('[')) {
        table = TRY(open_table(root, false));
      } else {
        TRY(read_pair(*table));
      }
      skip_space(false);
      if (!text_.empty() && text_.front() != '\n') return broken("something follows a value");
    }
  }

 private:
  static constexpr int kMostDepth = 16;

  [[nodiscard]] Error broken(std::string_view what) const {
    return make_error(ErrorKind::InvalidConfig, fmt::format("line {}: {}", line_, what));
  }

  void take(size_t count) {
    for (size_t i = 0; i < count; ++i) line_ += text_[i] == '\n' ? 1 : 0;
    text_.remove_prefix(count);
  }

  // Blanks and comments, and with `lines` the ends of lines.
  void skip_space(bool lines) {
    while (!text_.empty()) {
      if (text_.front() == '#') {
        take(std::min(text_.find('\n'), text_.size()));
      } else if (text_.front() == ' ' || text_.front() == '\t' || text_.front() == '\r' ||
                 (lines && text_.front() == '\n')) {
        take(1);
      } else {
        return;
      }
    }
  }

  Result<std::string> key() {
    skip_space(false);
    if (text_.starts_with('"') || text_.starts_with('\'')) return string();
    constexpr std::string_view kBare =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const size_t size = std::min(text_.find_first_not_of(kBare), text_.size());
    if (size == 0) return broken("a key is expected");
    std::string name(text_.substr(0, size));
    take(size);
    return name;
  }

  // "[a.b]" and "[[a.b]]".
  Result<json*> open_table(json& root, bool is_list) {
    take(is_list ? 2 : 1);
    json* table = &root;
    for (int depth = 0;; ++depth) {
      if (depth > kMostDepth) return broken("nested too deeply");
      const std::string name = TRY(key());
      skip_space(false);
      const bool last = !text_.starts_with('.');
      json& slot = (*table)[name];
      if (last && is_list) {
        if (slot.is_null()) slot = json::array();
        if (!slot.is_array()) return broken(fmt::format("\"{}\" is no list of tables", name));
        slot.push_back(json::object());
      } else if (slot.is_null()) {
        slot = json::object();
      }
      table = slot.is_array() && !slot.empty() ? &slot.back() : &slot;
      if (!table->is_object()) return broken(fmt::format("\"{}\" is no table", name));
      if (last) break;
      take(1);
    }
    const std::string_view close = is_list ? "]]" : "]";
    if (!text_.starts_with(close)) return broken("a table's name is not closed");
    take(close.size());
    return table;
  }

  Result<> read_pair(json& table) {
    const std::string name = TRY(key());
    skip_space(false);
    if (!text_.starts_with('=')) return broken("'=' is expected");
    take(1);
    if (table.contains(name)) return broken(fmt::format("\"{}\" is there twice", name));
    table[name] = TRY(value(0));
    return {};
  }

  Result<json> value(int depth) {
    if (depth > kMostDepth) return broken("nested too deeply");
    skip_space(false);
    if (text_.starts_with('"') || text_.starts_with('\'')) return json(TRY(string()));
    if (text_.starts_with('[')) return array(depth);
    if (text_.starts_with('{')) return inline_table(depth);
    for (const bool truth : {true, false}) {
      const std::string_view word = truth ? "true" : "false";
      if (!text_.starts_with(word)) continue;
      take(word.size());
      return json(truth);
    }
    int64_t number = 0;
    const char* end = text_.data() + text_.size();
    const auto [rest, error] = std::from_chars(text_.data(), end, number);
    if (error != std::errc()) return broken("a value is expected");
    take(static_cast<size_t>(rest - text_.data()));
    return json(number);
  }

  Result<json> array(int depth) {
    json list = json::array();
    take(1);
    while (true) {
      skip_space(true);
      if (text_.starts_with(']')) break;
      list.push_back(TRY(value(depth + 1)));
      skip_space(true);
      if (text_.starts_with(',')) {
        take(1);
      } else if (!text_.starts_with(']')) {
        return broken("an array is not closed");
      }
    }
    take(1);
    return list;
  }

  Result<json> inline_table(int depth) {
    json table = json::object();
    take(1);
    while (true) {
      skip_space(false);
      if (text_.starts_with('}')) break;
      const std::string name = TRY(key());
      skip_space(false);
      if (!text_.starts_with('=')) return broken("'=' is expected");
      take(1);
      table[name] = TRY(value(depth + 1));
      skip_space(false);
      if (text_.starts_with(',')) {
        take(1);
      } else if (!text_.starts_with('}')) {
        return broken("a table is not closed");
      }
    }
    take(1);
    return table;
  }

  Result<std::string> string() {
    const char quote = text_.front();
    take(1);
    std::string words;
    while (!text_.empty() && text_.front() != quote) {
      char c = text_.front();
      if (c == '\n') return broken("a string is not closed");
      if (c == '\\' && quote == '"' && text_.size() > 1) {
        take(1);
        c = text_.front();
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      words += c;
      take(1);
    }
    if (text_.empty()) return broken("a string is not closed");
    take(1);
    return words;
  }

  std::string_view text_;
  int line_ = 1;
};

}  // namespace

Result<json> parse_toml(std::string_view text) {
  return TomlReader(text).read();
}

}  // namespace ocirt::registry
