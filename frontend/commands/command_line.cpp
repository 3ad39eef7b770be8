// A command line understood by tables, with CLI11. The only file that includes it: it takes long to
// compile.
#include "frontend/commands/command_line.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>

namespace ocirt::frontend {

bool Line::flag(std::string_view name, bool otherwise) const {
  if (!has(name)) return otherwise;
  const std::string text = value(name);
  return text != "false" && text != "0" && text != "f";
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

}  // namespace

std::string verb_help(const Verb& verb) {
  return fmt::format("ocictl {}: {}\n\nusage: ocictl {} [OPTION ...] {}\n", verb.name, verb.help,
                     verb.name, verb.words) +
         describe(verb.options);
}

std::string program_help(std::span<const Verb* const> verbs, std::span<const Option> globals,
                         std::string_view group) {
  std::string text =
      "ocictl: pulls, keeps and shows images\n\n"
      "usage: ocictl [GLOBAL OPTION ...] VERB [OPTION ...] [WORD ...]\n\nverbs:\n";
  for (const Verb* verb : verbs) {
    if (verb->name.starts_with(group)) text += fmt::format("  {:<16} {}\n", verb->name, verb->help);
  }
  text += "\nglobal ";
  text += describe(globals).substr(1);
  return text + "\n`ocictl VERB --help` shows the options of a verb.\n";
}

/// CLI11's objects for our tables.
class Parser {
 public:
  Parser(std::span<const Verb* const> verbs, std::span<const Option> globals)
      : tables_(verbs), global_table_(globals), app_("", "ocictl") {
    add_options(app_, globals, globals_);
    for (const Verb* verb : verbs) add_verb(*verb);
  }

  Result<Parsed> parse(const std::vector<std::string>& arguments) {
    Parsed parsed;
    std::vector<std::string> backwards(arguments.rbegin(), arguments.rend());  // as CLI11 wants
    try {
      app_.parse(backwards);
    } catch (const CLI::CallForHelp&) {
      parsed.text = help_for(chosen());
      return parsed;
    } catch (const CLI::ParseError& error) {
      return make_error(ErrorKind::InvalidConfig, error.what())
          .with_hint(fmt::format("see '{} --help'", path_of(chosen())));
    }
    collect(globals_, parsed.globals);
    CLI::App* app = chosen();
    const auto found = verbs_.find(app);
    if (found == verbs_.end()) {
      parsed.text = help_for(app);
      constexpr int kUsage = 125;
      parsed.status = app == &app_ && arguments.empty() ? 0 : kUsage;
      return parsed;
    }
    collect(found->second->options, parsed.line);
    parsed.line.words_ = found->second->words;
    parsed.verb = found->second->verb;
    return check_words(std::move(parsed), app);
  }

 private:
  struct Bound {
    std::string name;
    CLI::Option* option = nullptr;
  };
  struct BoundVerb {
    const Verb* verb = nullptr;
    std::vector<Bound> options;
    std::vector<std::string> words;
  };

  void add_options(CLI::App& app, std::span<const Option> options, std::vector<Bound>& bound) {
    for (const Option& option : options) {
      std::string names = fmt::format("--{}", option.name);
      if (option.short_name != 0) names.insert(0, fmt::format("-{},", option.short_name));
      CLI::Option* added = nullptr;
      if (option.value_name.empty()) {
        added = app.add_flag(names);
        added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      } else {
        values_.push_back(std::make_unique<std::vector<std::string>>());
        added = app.add_option(names, *values_.back());
        added->allow_extra_args(false);
      }
      bound.push_back({.name = std::string(option.name), .option = added});
    }
  }

  void add_verb(const Verb& verb) {
    CLI::App* app = &app_;
    std::string_view rest = verb.name;
    for (size_t space = rest.find(' '); space != std::string_view::npos; space = rest.find(' ')) {
      app = group(*app, std::string(rest.substr(0, space)));
      rest.remove_prefix(space + 1);
    }
    app = app->add_subcommand(std::string(rest), std::string(verb.help));
    auto bound = std::make_unique<BoundVerb>();
    bound->verb = &verb;
    add_options(*app, verb.options, bound->options);
    if (verb.most_words > 0) {
      app->add_option("words", bound->words);
    }
    verbs_.emplace(app, std::move(bound));
  }

  static CLI::App* group(CLI::App& parent, const std::string& name) {
    for (CLI::App* there : parent.get_subcommands([](CLI::App*) { return true; })) {
      if (there->get_name() == name) return there;
    }
    return parent.add_subcommand(name);
  }

  static void collect(const std::vector<Bound>& bound, Line& line) {
    for (const Bound& each : bound) {
      if (each.option->count() > 0) line.values_[each.name] = each.option->results();
    }
  }

  CLI::App* chosen() {
    CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return app;
  }

  static std::string path_of(const CLI::App* app) {
    std::string path = app->get_name();
    for (const CLI::App* up = app->get_parent(); up != nullptr; up = up->get_parent()) {
      path = up->get_name() + ' ' + path;
    }
    return path;
  }

  std::string help_for(CLI::App* app) {
    if (const auto found = verbs_.find(app); found != verbs_.end()) {
      return verb_help(*found->second->verb);
    }
    return program_help(tables_, global_table_, app == &app_ ? "" : app->get_name() + ' ');
  }

  static Result<Parsed> check_words(Parsed parsed, const CLI::App* app) {
    const size_t count = parsed.line.words().size();
    if (count >= parsed.verb->fewest_words && count <= parsed.verb->most_words) return parsed;
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("{}: takes {}, got {} word{}", parsed.verb->name,
                                  parsed.verb->words.empty() ? "no arguments" : parsed.verb->words,
                                  count, count == 1 ? "" : "s"))
        .with_hint(fmt::format("see '{} --help'", path_of(app)));
  }

  std::span<const Verb* const> tables_;
  std::span<const Option> global_table_;
  CLI::App app_;
  std::vector<Bound> globals_;
  std::vector<std::unique_ptr<std::vector<std::string>>> values_;
  std::map<CLI::App*, std::unique_ptr<BoundVerb>> verbs_;
};

Result<Parsed> parse_line(std::span<const Verb* const> verbs, std::span<const Option> globals,
                          const std::vector<std::string>& arguments) {
  return Parser(verbs, globals).parse(arguments);
}

}  // namespace ocirt::frontend
