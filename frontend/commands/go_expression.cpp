// Expressions of Go's templates over JSON. Pure.
#include "frontend/commands/go_expression.h"

#include <fmt/core.h>

#include <strings.h>

#include <charconv>
#include <vector>

namespace ocirt::frontend {

namespace {

Error invalid(std::string what) {
  return make_error(ErrorKind::InvalidConfig, "template: " + std::move(what));
}

struct Word {
  std::string text;
  bool is_string = false;
  bool is_group = false;  // in parentheses
};

// Cuts "join .Names \", \"" into words.
Result<std::vector<Word>> words_of(std::string_view text) {
  std::vector<Word> words;
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == ' ' || c == '\t') {
      ++i;
    } else if (c == '"' || c == '`' || c == '\'') {
      std::string content;
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (text[i] == '\\' && c == '"' && i + 1 < text.size()) {
          ++i;
          content += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
        } else {
          content += text[i];
        }
      }
      if (i == text.size()) return invalid("a string is not closed");
      ++i;
      words.push_back({.text = content, .is_string = true});
    } else if (c == '(') {
      int depth = 0;
      const size_t begin = i + 1;
      for (; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) break;
      }
      if (i == text.size()) return invalid("a parenthesis is not closed");
      words.push_back({.text = std::string(text.substr(begin, i - begin)), .is_group = true});
      ++i;
    } else {
      const size_t begin = i;
      while (i < text.size() && text[i] != ' ' && text[i] != '(') ++i;
      words.push_back({.text = std::string(text.substr(begin, i - begin))});
    }
  }
  return words;
}

Result<Json> field(const Json& start, std::string_view path) {
  const Json* value = &start;
  while (!path.empty() && path != ".") {
    path.remove_prefix(path.starts_with('.') ? 1 : 0);
    const size_t dot = path.find('.');
    const std::string name(path.substr(0, dot));
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot);
    if (value->is_null()) return Json();
    if (value->is_object() && value->contains(name)) {
      value = &(*value)[name];
      continue;
    }
    if (value->is_object()) {
      // ".ID" and ".Id" are one field to people, as they are in some of podman's structs.
      const Json* other = nullptr;
      for (const auto& [key, item] : value->items()) {
        if (key.size() == name.size() && ::strcasecmp(key.c_str(), name.c_str()) == 0)
          other = &item;
      }
      if (other != nullptr) {
        value = other;
        continue;
      }
    }
    return invalid(fmt::format("can't evaluate field {}", name));
  }
  return *value;
}

Result<Json> operand(const Word& word, const Json& dot, const Json& root) {
  if (word.is_string) return Json(word.text);
  if (word.is_group) return evaluate(word.text, dot, root);
  if (word.text.starts_with('.')) return field(dot, word.text);
  if (word.text.starts_with('$')) return field(root, std::string_view(word.text).substr(1));
  if (word.text == "true" || word.text == "false") return Json(word.text == "true");
  if (word.text == "nil") return Json();
  int64_t number = 0;
  const char* end = word.text.data() + word.text.size();
  if (std::from_chars(word.text.data(), end, number).ptr == end) return Json(number);
  return invalid(fmt::format("function \"{}\" not defined", word.text));
}

std::string change_case(std::string text, bool upper) {
  for (char& c : text) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Json join(const Json& list, const std::string& separator) {
  std::string text;
  bool first = true;
  for (const Json& item : list) {
    if (!first) text += separator;
    text += go_text(item);
    first = false;
  }
  return text;
}

Json split(const std::string& text, const std::string& separator) {
  Json list = Json::array();
  size_t begin = 0;
  for (size_t at = text.find(separator); !separator.empty() && at != std::string::npos;
       at = text.find(separator, begin)) {
    list.push_back(text.substr(begin, at - begin));
    begin = at + separator.size();
  }
  list.push_back(text.substr(begin));
  return list;
}

Result<Json> index(const Json& from, const std::vector<Json>& keys) {
  Json value = from;
  for (const Json& key : keys) {
    if (value.is_array() && key.is_number_integer()) {
      const auto at = key.get<int64_t>();
      if (at < 0 || at >= static_cast<int64_t>(value.size())) return invalid("index out of range");
      value = Json(value[static_cast<size_t>(at)]);
    } else if (value.is_object()) {
      value = value.contains(go_text(key)) ? Json(value[go_text(key)]) : Json("");
    } else {
      return invalid("can't index that");
    }
  }
  return value;
}

// %s, %v, %d, %q and %%; no widths.
std::string print_formatted(const std::vector<Json>& arguments) {
  const std::string format = go_text(arguments[0]);
  std::string text;
  size_t next = 1;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      text += format[i];
    } else if (format[++i] == '%') {
      text += '%';
    } else if (next < arguments.size()) {
      const Json& value = arguments[next++];
      text += format[i] == 'q' ? Json(go_text(value)).dump() : go_text(value);
    }
  }
  return text;
}

Result<Json> call(const std::string& name, const std::vector<Json>& arguments) {
  const size_t count = arguments.size();
  const auto text = [&](size_t i) { return go_text(arguments[i]); };
  if (name == "json" && count == 1) return Json(arguments[0].dump());
  if (name == "upper" && count == 1) return Json(change_case(text(0), true));
  if (name == "lower" && count == 1) return Json(change_case(text(0), false));
  if (name == "len" && count == 1) {
    return Json(arguments[0].is_string() ? text(0).size() : arguments[0].size());
  }
  if (name == "join" && count == 2) return join(arguments[0], text(1));
  if (name == "split" && count == 2) return split(text(0), text(1));
  if (name == "index" && count >= 1) {
    return index(arguments[0], {arguments.begin() + 1, arguments.end()});
  }
  if (name == "printf" && count >= 1) return Json(print_formatted(arguments));
  if ((name == "println" || name == "print") && count >= 1) {
    return Json(text(0) + (name == "println" ? "\n" : ""));
  }
  if (name == "not" && count == 1) return Json(!is_true(arguments[0]));
  if (name == "eq" && count == 2) return Json(text(0) == text(1));
  if (name == "ne" && count == 2) return Json(text(0) != text(1));
  if (name == "and" && count >= 1) {
    for (const Json& each : arguments) {
      if (!is_true(each)) return each;
    }
    return arguments.back();
  }
  if (name == "or" && count >= 1) {
    for (const Json& each : arguments) {
      if (is_true(each)) return each;
    }
    return arguments.back();
  }
  if (arguments.size() == 2 && arguments[0].is_number() && arguments[1].is_number()) {
    const double left = arguments[0].get<double>();
    const double right = arguments[1].get<double>();
    if (name == "lt") return Json(left < right);
    if (name == "le") return Json(left <= right);
    if (name == "gt") return Json(left > right);
    if (name == "ge") return Json(left >= right);
  }
  return invalid(fmt::format("function \"{}\" not defined, or not for these arguments", name));
}

bool is_function(const Word& word) {
  constexpr std::string_view kOthers = ".$";
  return !word.is_string && !word.is_group && word.text != "true" && word.text != "false" &&
         word.text != "nil" && kOthers.find(word.text[0]) == std::string_view::npos &&
         (word.text[0] < '0' || word.text[0] > '9') && word.text[0] != '-';
}

// The next command of a pipeline, up to a '|' outside of strings and parentheses.
std::string_view next_command(std::string_view& text) {
  int depth = 0;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '`') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      const std::string_view command = text.substr(0, i);
      text.remove_prefix(i + 1);
      return command;
    }
  }
  return std::exchange(text, {});
}

}  // namespace

Result<Json> evaluate(std::string_view pipeline, const Json& dot, const Json& root) {
  Json value;
  bool has_value = false;
  while (!pipeline.empty()) {
    const std::vector<Word> words = TRY(words_of(next_command(pipeline)));
    if (words.empty()) return invalid("an empty command");
    if (!is_function(words[0])) {
      if (words.size() > 1 || has_value)
        return invalid(fmt::format("\"{}\" is no function", words[0].text));
      value = TRY(operand(words[0], dot, root));
    } else {
      std::vector<Json> arguments;
      for (size_t i = 1; i < words.size(); ++i) {
        arguments.push_back(TRY(operand(words[i], dot, root)));
      }
      if (has_value) arguments.push_back(value);
      value = TRY(call(words[0].text, arguments));
    }
    has_value = true;
  }
  return value;
}

bool is_true(const Json& value) {
  if (value.is_null()) return false;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return !value.empty();
}

std::string go_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "<nil>";
  if (value.is_array()) {
    std::string text = "[";
    for (const Json& item : value) text += (text.size() > 1 ? " " : "") + go_text(item);
    return text + ']';
  }
  if (value.is_object()) {
    std::string text = "map[";
    for (const auto& [key, item] : value.items()) {
      text += (text.size() > 4 ? " " : "") + key + ':' + go_text(item);
    }
    return text + ']';
  }
  return value.dump();
}

}  // namespace ocirt::frontend
