// A command line understood by tables.
#include "frontend/commands/command_line.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace ocirt::frontend {

bool Line::flag(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  const std::string text = value(name);
  return text != "false" && text != "0" && text != "f" && text != "F" && text != "False" &&
         text != "FALSE";
}

std::string Line::value(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.empty() ? std::string() : found->second.back();
}

std::vector<std::string> Line::values(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

namespace {

std::string describe(std::span<const Option> options) {
  std::string text = "\noptions:\n";
  for (const Option& option : options) {
    std::string head = option.short_name != 0 ? fmt::format("-{}, ", option.short_name) : "    ";
    head += fmt::format("--{} {}", option.name, option.value_name);
    text += fmt::format("  {:<34} {}\n", head, option.help);
  }
  return text;
}

// "a,\"b,c\",d" as a list, with the quotes of CSV.
void split_list(std::string_view text, std::vector<std::string>& to) {
  if (text.empty()) return;
  std::string item;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '"' && (is_quoted || item.empty())) {
      const bool is_doubled = is_quoted && i + 1 < text.size() && text[i + 1] == '"';
      if (is_doubled) item += text[i++];
      if (!is_doubled) is_quoted = !is_quoted;
    } else if (text[i] == ',' && !is_quoted) {
      to.push_back(std::move(item));
      item.clear();
    } else {
      item += text[i];
    }
  }
  to.push_back(std::move(item));
}

bool is_truth_value(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kWords = {
      "1", "t", "T", "true", "True", "TRUE", "0", "f", "F", "false", "False", "FALSE"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

}  // namespace

std::string verb_help(const Verb& verb) {
  return fmt::format("ocictl {}: {}\n\nusage: ocictl {} [OPTION ...] {}\n", verb.name, verb.help,
                     verb.name, verb.words) +
         describe(verb.options);
}

std::string program_help(std::span<const Verb* const> verbs, std::span<const Option> globals,
                         std::string_view group) {
  std::string text =
      "ocictl: runs containers, and pulls, keeps and shows images\n\n"
      "usage: ocictl [GLOBAL OPTION ...] VERB [OPTION ...] [WORD ...]\n\nverbs:\n";
  for (const Verb* verb : verbs) {
    if (verb->name.starts_with(group)) text += fmt::format("  {:<16} {}\n", verb->name, verb->help);
  }
  text += "\nglobal ";
  text += describe(globals).substr(1);
  return text + "\n`ocictl VERB --help` shows the options of a verb.\n";
}

/// Goes through the arguments once.
class Parser {
 public:
  Parser(std::span<const Verb* const> verbs, std::span<const Option> globals,
         const std::vector<std::string>& arguments)
      : verbs_(verbs), globals_(globals), arguments_(arguments) {}

  Result<Parsed> parse() {
    bool only_words = false;
    while (next_ < arguments_.size() && !wants_help_) {
      const std::string& argument = arguments_[next_++];
      if (!only_words && argument == "--") {
        only_words = true;
      } else if (!only_words && argument.starts_with("--")) {
        TRY(take_long(std::string_view(argument).substr(2)));
      } else if (!only_words && argument.size() > 1 && argument.starts_with('-')) {
        TRY(take_short(std::string_view(argument).substr(1)));
      } else if (parsed_.verb == nullptr) {
        TRY(take_verb(argument));
      } else {
        parsed_.line.words_.push_back(argument);
        only_words = only_words || parsed_.verb->stops_at_word;
      }
    }
    return finish();
  }

 private:
  // The words so far are the beginning of a verb's name, or all of it.
  Result<> take_verb(const std::string& word) {
    const std::string path = group_.empty() ? word : group_ + ' ' + word;
    bool is_group = false;
    for (const Verb* verb : verbs_) {
      if (verb->name == path) parsed_.verb = verb;
      is_group = is_group || verb->name.starts_with(path + ' ');
    }
    if (parsed_.verb == nullptr && !is_group) {
      return make_error(ErrorKind::InvalidConfig, fmt::format("there is no verb '{}'", path))
          .with_hint(fmt::format("see '{} --help'", name_of_program()));
    }
    group_ = path;
    return {};
  }

  [[nodiscard]] std::string name_of_program() const {
    return group_.empty() ? "ocictl" : "ocictl " + group_;
  }

  Error usage(std::string text) const {
    return make_error(ErrorKind::InvalidConfig, std::move(text))
        .with_hint(fmt::format("see '{} --help'", name_of_program()));
  }

  // The verb's own before those of the program, which may stand anywhere.
  template <typename Match>
  const Option* find(Match matches, Line*& line) {
    if (parsed_.verb != nullptr) {
      line = &parsed_.line;
      for (const Option& option : parsed_.verb->options) {
        if (matches(option)) return &option;
      }
    }
    line = &parsed_.globals;
    for (const Option& option : globals_) {
      if (matches(option)) return &option;
    }
    return nullptr;
  }

  Result<> take_long(std::string_view text) {
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    Line* line = nullptr;
    const Option* option = find([&](const Option& each) { return each.name == name; }, line);
    if (option == nullptr) {
      if (name == "help") return ask_for_help();
      return usage(fmt::format("there is no option --{}", name));
    }
    if (equals != std::string_view::npos) {
      return put(*line, *option, std::string(text.substr(equals + 1)));
    }
    if (option->value_name.empty()) return put(*line, *option, "true");
    if (next_ == arguments_.size()) return usage(fmt::format("--{} needs a value", name));
    return put(*line, *option, arguments_[next_++]);
  }

  Result<> take_short(std::string_view text) {
    while (!text.empty()) {
      const char name = text.front();
      text.remove_prefix(1);
      Line* line = nullptr;
      const Option* option =
          find([&](const Option& each) { return each.short_name == name; }, line);
      if (option == nullptr) {
        if (name == 'h') return ask_for_help();
        return usage(fmt::format("there is no option -{}", name));
      }
      if (option->value_name.empty() && !text.starts_with('=')) {
        TRY(put(*line, *option, "true"));
        continue;
      }
      if (text.starts_with('='))
        text.remove_prefix(1);
      else if (text.empty() && next_ == arguments_.size()) {
        return usage(fmt::format("-{} needs a value", name));
      } else if (text.empty()) {
        text = arguments_[next_++];
      }
      return put(*line, *option, std::string(text));
    }
    return {};
  }

  Result<> put(Line& line, const Option& option, std::string value) {
    if (option.value_name.empty() && !is_truth_value(value)) {
      return usage(fmt::format("--{}: '{}' is neither true nor false", option.name, value));
    }
    std::vector<std::string>& values = line.values_[std::string(option.name)];
    if (option.is_list)
      split_list(value, values);
    else
      values.push_back(std::move(value));
    return {};
  }

  Result<> ask_for_help() {
    wants_help_ = true;
    return {};
  }

  Result<Parsed> finish() {
    if (wants_help_ || parsed_.verb == nullptr) {
      const bool is_usage_error = !wants_help_ && !group_.empty();
      constexpr int kUsage = 125;
      parsed_.status = is_usage_error ? kUsage : 0;
      parsed_.text = parsed_.verb != nullptr
                         ? verb_help(*parsed_.verb)
                         : program_help(verbs_, globals_, group_.empty() ? "" : group_ + ' ');
      parsed_.verb = nullptr;
      return std::move(parsed_);
    }
    const size_t count = parsed_.line.words().size();
    if (count >= parsed_.verb->fewest_words && count <= parsed_.verb->most_words) {
      return std::move(parsed_);
    }
    return usage(fmt::format("{}: takes {}, got {} word{}", parsed_.verb->name,
                             parsed_.verb->words.empty() ? "no arguments" : parsed_.verb->words,
                             count, count == 1 ? "" : "s"));
  }

  std::span<const Verb* const> verbs_;
  std::span<const Option> globals_;
  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
  std::string group_;  // the words of the verb so far
  bool wants_help_ = false;
  Parsed parsed_;
};

Result<Parsed> parse_line(std::span<const Verb* const> verbs, std::span<const Option> globals,
                          const std::vector<std::string>& arguments) {
  return Parser(verbs, globals, arguments).parse();
}

}  // namespace ocirt::frontend
