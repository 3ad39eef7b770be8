// The grammar of the command line that engines rely on. Pure.
//
//   ocirt [GLOBAL ...] VERB [OPTION ...] ID [ARG ...]
//
// `--name value` and `--name=value` mean the same; `-name` does too, where a long option is called
// that (containerd sends `-no-subreaper`); flags take `=true` and `=false`; short flags may be
// clustered. Options may follow the ID, unless the verb's further words are a command.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::commands {

/// An option that a verb knows.
struct Option {
  std::string_view name;        // "pid-file"
  char short_name = '\0';       // 'p'
  std::string_view value_name;  // "FILE"; empty: a flag
  std::string_view help;
};

/// What was found: options by their long names, each with its values in order, and the words.
class ParsedLine {
 public:
  [[nodiscard]] bool has(std::string_view option) const;
  /// The last value given, or `otherwise`.
  [[nodiscard]] std::string value(std::string_view option, std::string_view otherwise = "") const;
  [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
  [[nodiscard]] bool flag(std::string_view option) const;

  std::vector<std::string> words;  // what is no option
  std::multimap<std::string, std::string, std::less<>> options;
};

/// Parses `arguments` by the table `known`.
///
/// `words_until_command`: from the word after so many on, everything is a word (`exec ID CMD -x`);
/// -1: options are found everywhere. "--" ends the options.
/// Errors: InvalidConfig, naming the word.
Result<ParsedLine> parse_line(std::span<const std::string> arguments, std::span<const Option> known,
                              int words_until_command);

/// The number that `text` is as a whole, between 0 and `most`.
/// Errors: InvalidConfig, naming the option.
Result<int> parse_number(std::string_view option, const std::string& text, int most);

}  // namespace ocirt::commands
