// The grammar of the command line that engines rely on. Pure.
#include "runtime/commands/command_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace ocirt::commands {

bool ParsedLine::has(std::string_view option) const {
  return options.contains(option);
}

std::string ParsedLine::value(std::string_view option, std::string_view otherwise) const {
  const auto [first, last] = options.equal_range(option);
  return std::string(first == last ? otherwise : std::string_view(std::prev(last)->second));
}

std::vector<std::string> ParsedLine::values(std::string_view option) const {
  std::vector<std::string> found;
  const auto [first, last] = options.equal_range(option);
  for (auto entry = first; entry != last; ++entry) found.push_back(entry->second);
  return found;
}

bool ParsedLine::flag(std::string_view option) const {
  return value(option) == "true";
}

namespace {

const Option* find_long(std::span<const Option> known, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Option& option) { return option.name == name; });
  return found == known.end() ? nullptr : &*found;
}

const Option* find_short(std::span<const Option> known, char name) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Option& option) { return option.short_name == name; });
  return found == known.end() ? nullptr : &*found;
}

Error usage(std::string text) {
  return make_error(ErrorKind::InvalidConfig, std::move(text));
}

// Reads the arguments from left to right.
class Parser {
 public:
  Parser(std::span<const std::string> arguments, std::span<const Option> known)
      : arguments_(arguments), known_(known) {}

  Result<ParsedLine> parse(int words_until_command) {
    while (next_ < arguments_.size()) {
      const std::string& argument = arguments_[next_++];
      const bool is_word = argument.size() < 2 || argument[0] != '-';
      if (argument == "--") {
        take_rest();
      } else if (is_word) {
        line_.words.push_back(argument);
        if (static_cast<int>(line_.words.size()) == words_until_command) take_rest();
      } else {
        TRY(take_option(argument));
      }
    }
    return std::move(line_);
  }

 private:
  void take_rest() {
    while (next_ < arguments_.size()) line_.words.push_back(arguments_[next_++]);
  }

  Result<> take_option(const std::string& argument) {
    const size_t dashes = argument.starts_with("--") ? 2 : 1;
    const std::string_view body = std::string_view(argument).substr(dashes);
    const size_t equals = body.find('=');
    const std::string_view name = body.substr(0, equals);
    const Option* option = find_long(known_, name);
    if (option == nullptr && dashes == 1) return take_cluster(argument, body);
    if (option == nullptr) return usage(fmt::format("unknown option \"--{}\"", name));
    std::optional<std::string> attached;
    if (equals != std::string_view::npos) attached = std::string(body.substr(equals + 1));
    return take_value(*option, std::move(attached));
  }

  // "-tdp FILE": flags, and at most one option with a value, at the end.
  Result<> take_cluster(const std::string& argument, std::string_view body) {
    for (size_t i = 0; i < body.size(); ++i) {
      const Option* option = find_short(known_, body[i]);
      if (option == nullptr) return usage(fmt::format("unknown option \"{}\"", argument));
      std::string_view rest = body.substr(i + 1);
      const bool takes_rest = !rest.empty() && (rest[0] == '=' || !option->value_name.empty());
      if (!takes_rest) {
        TRY(take_value(*option, std::nullopt));
        continue;
      }
      if (rest[0] == '=') rest.remove_prefix(1);
      return take_value(*option, std::string(rest));
    }
    return {};
  }

  Result<> take_value(const Option& option, std::optional<std::string> attached) {
    if (option.value_name.empty()) {
      const std::string value = attached.value_or("true");
      if (value != "true" && value != "false") {
        return usage(fmt::format("option --{} is true or false, not \"{}\"", option.name, value));
      }
      line_.options.emplace(option.name, value);
      return {};
    }
    if (!attached) {
      if (next_ == arguments_.size()) {
        return usage(fmt::format("option --{} requires an argument", option.name));
      }
      attached = arguments_[next_++];
    }
    line_.options.emplace(option.name, std::move(*attached));
    return {};
  }

  std::span<const std::string> arguments_;
  std::span<const Option> known_;
  size_t next_ = 0;
  ParsedLine line_;
};

}  // namespace

Result<ParsedLine> parse_line(std::span<const std::string> arguments, std::span<const Option> known,
                              int words_until_command) {
  return Parser(arguments, known).parse(words_until_command);
}

Result<int> parse_number(std::string_view option, const std::string& text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > most) {
    return usage(fmt::format("--{} takes a number from 0 to {}, not \"{}\"", option, most, text));
  }
  return number;
}

}  // namespace ocirt::commands
