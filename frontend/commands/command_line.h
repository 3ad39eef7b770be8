// Verbs and their options as tables, and a command line understood by them. Pure.
//
// The grammar is that of podman: --name VALUE, --name=VALUE, flags bundled (-itd), the last of them
// with a value (-eA=B, -e A=B), and "--" before words that begin with a dash.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::frontend {

struct Option {
  std::string_view name;  // without dashes
  char short_name = 0;
  std::string_view value_name;  // empty: a flag, which may also be written --name=false
  std::string_view help;
  bool is_list = false;  // a value is a list with commas between, as well as being given repeatedly
};

/// What the command line has.
class Line {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
  /// A flag that is there and isn't =false; `otherwise` if it isn't there.
  [[nodiscard]] bool flag(std::string_view name, bool otherwise = false) const;
  /// The last value given, or "".
  [[nodiscard]] std::string value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

 private:
  friend class Parser;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> words_;
};

class Context;

struct Verb {
  std::string_view name;   // "pull", or "image ls"
  std::string_view words;  // for the usage: "IMAGE [IMAGE...]"
  std::string_view help;
  std::span<const Option> options;
  size_t fewest_words = 0;
  size_t most_words = SIZE_MAX;
  bool stops_at_word = false;  // what follows the first word isn't ours: "run IMAGE ls -l"
  /// Returns the exit status.
  Result<int> (*run)(Context& context, const Line& line) = nullptr;
};

struct Parsed {
  const Verb* verb = nullptr;  // nullptr: `text` is all that was asked for
  Line globals;
  Line line;
  std::string text;
  int status = 0;
};

/// What `ocictl VERB --help` prints, and `ocictl --help`: of verbs whose name begins with `group`.
std::string verb_help(const Verb& verb);
std::string program_help(std::span<const Verb* const> verbs, std::span<const Option> globals,
                         std::string_view group);

/// Errors: InvalidConfig, in words, with a hint at the verb's help.
Result<Parsed> parse_line(std::span<const Verb* const> verbs, std::span<const Option> globals,
                          const std::vector<std::string>& arguments);

}  // namespace ocirt::frontend
