// ocictl completion: scripts for shells, and what they ask for.
#include "frontend/commands/completion.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <span>

#include "frontend/commands/context.h"
#include "frontend/commands/program.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/places.h"
#include "frontend/containers/store.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr const char* kBash = R"(# bash completion of ocictl: source <(ocictl completion bash)
_ocictl() {
  local cur=${COMP_WORDS[COMP_CWORD]} line candidate words=()
  COMPREPLY=()
  # bash also breaks words at ':' and '=', which names and options have.
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} != *[[:space:]] ]] || words+=("")
  local whole=${words[-1]}
  while IFS= read -r line; do
    candidate=${line%%$'\t'*}
    if [ "$candidate" = :files ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    elif [[ $candidate == "$whole"* ]]; then
      [[ $candidate != *= ]] || compopt -o nospace 2>/dev/null
      COMPREPLY+=("${candidate#"${whole%"${whole##*[:=]}"}"}")
    fi
  done < <("${COMP_WORDS[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _ocictl ocictl
)";

constexpr const char* kZsh = R"(#compdef ocictl
# zsh completion of ocictl: source <(ocictl completion zsh)
_ocictl() {
  local line candidate
  local -a lines described plain
  lines=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    candidate=${line%%$'\t'*}
    if [[ $candidate == :files ]]; then
      _files
    elif [[ $line == *$'\t'* ]]; then
      described+=("${candidate//:/\\:}:${line#*$'\t'}")
    elif [[ -n $candidate ]]; then
      plain+=("$candidate")
    fi
  done
  (( $#described )) && _describe ocictl described
  (( $#plain )) && compadd -a plain
}
compdef _ocictl ocictl
)";

constexpr const char* kFish = R"(# fish completion of ocictl: ocictl completion fish | source
function __ocictl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c ocictl -f -a '(__ocictl_complete)'
)";

struct Choices {
  std::string_view verb;  // its last word
  std::string_view option;
  std::string_view values;  // with spaces between
};
constexpr Choices kChoices[] = {
    {"save", "format", "docker-archive oci-archive docker-dir oci-dir"},
    {"images", "sort", "created id repository size tag"},
    {"ls", "sort", "created id repository size tag"},
    {"list", "sort", "created id repository size tag"},
    {"pull", "policy", "always missing never newer"},
    {"inspect", "type", "image all"},
    {"", "format", "json table"},
    {"", "platform", "linux/amd64 linux/arm64 linux/arm/v7 linux/ppc64le linux/s390x"},
    {"", "arch", "amd64 arm64"},
    {"", "os", "linux"},
    {"", "filter",
     "before= containers= dangling= id= intermediate= label= readonly= reference= since= until="},
    {"", "log-level", "error warning debug"},
};

/// What is offered, by and by.
class Candidates {
 public:
  explicit Candidates(std::string_view begin) : begin_(begin) {}

  void add(std::string_view text, std::string_view help = {}) {
    if (!text.starts_with(begin_)) return;
    text_ += text;
    if (!help.empty()) text_ += fmt::format("\t{}", help);
    text_ += '\n';
  }
  void add_files() { text_ += fmt::format("{}\n", kFiles); }
  void add_all(std::string_view words, std::string_view prefix) {
    while (!words.empty()) {
      const size_t space = words.find(' ');
      add(fmt::format("{}{}", prefix, words.substr(0, space)));
      words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string_view begin_;
  std::string text_;
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kAll = all_verbs();
  return kAll;
}

const Option* find_option(std::span<const Option> options, std::string_view word) {
  for (const Option& option : options) {
    if (word == fmt::format("--{}", option.name)) return &option;
    if (option.short_name != 0 && word == fmt::format("-{}", option.short_name)) return &option;
  }
  return nullptr;
}

void offer_values(const Verb* verb, const Option& option, std::string_view prefix,
                  Candidates& candidates) {
  const std::string_view kind = option.value_name;
  if (kind == "FILE" || kind == "PATH" || kind == "DIR") return candidates.add_files();
  const std::string_view name = verb == nullptr ? "" : verb->name;
  const std::string_view last = name.substr(name.rfind(' ') + 1);
  for (const Choices& choices : kChoices) {
    if (choices.option != option.name) continue;
    if (!choices.verb.empty() && choices.verb != last) continue;
    return candidates.add_all(choices.values, prefix);
  }
}

void offer_options(std::span<const Option> options, Candidates& candidates) {
  for (const Option& option : options) {
    candidates.add(fmt::format("--{}", option.name), option.help);
  }
  candidates.add("--help", "show what there is");
}

// Names of the store that the line's own --root means. What goes wrong offers nothing.
void offer_images(const std::optional<std::string>& root, Candidates& candidates) {
  const Result<images::Store> store =
      images::Store::open_read_only(root.value_or(images::default_store_root()));
  if (!store) return;
  for (const images::NameRecord& name : store->list_names()) {
    candidates.add(name.name);
    // And as people write it.
    for (const std::string_view usual : {"docker.io/library/", "localhost/"}) {
      if (name.name.starts_with(usual)) candidates.add(name.name.substr(usual.size()));
    }
  }
}

// Names of containers. Only looks: a store that isn't there isn't made.
void offer_containers(const std::optional<std::string>& root, Candidates& candidates) {
  const std::string store = root.value_or(images::default_store_root());
  if (!sys::exists((store + "/containers").c_str())) return;
  const Result<containers::Store> known =
      containers::Store::open({.store = store, .run = containers::default_run_root()});
  if (!known) return;
  for (const model::Record& record : known->list()) candidates.add(record.name);
}

// The next words of verbs that begin with `path` ("" or "image ").
void offer_verbs(const std::string& path, Candidates& candidates) {
  std::string offered = " ";
  for (const Verb& verb : verbs()) {
    if (!verb.name.starts_with(path)) continue;
    const std::string_view rest = verb.name.substr(path.size());
    const size_t space = rest.find(' ');
    const std::string word(rest.substr(0, space));
    if (offered.find(' ' + word + ' ') != std::string::npos) continue;
    offered += word + ' ';
    candidates.add(word, space == std::string_view::npos ? verb.help : "more verbs");
  }
}

const Verb* find_verb(const std::string& path) {
  for (const Verb& verb : verbs()) {
    if (verb.name == path) return &verb;
  }
  return nullptr;
}

/// What the finished words of a line say.
struct LineSoFar {
  std::string path;  // of verbs: "", "image", "image ls"
  const Verb* verb = nullptr;
  const Option* waiting = nullptr;  // the option whose value comes next
  std::optional<std::string> root;
  size_t words = 0;         // after the verb
  bool only_words = false;  // after "--"
};

bool takes_command(const Verb& verb) {
  return verb.words.find("COMMAND") != std::string_view::npos;
}

LineSoFar read_line(std::span<const std::string> words) {
  LineSoFar line;
  for (const std::string& word : words) {
    if (line.waiting != nullptr) {
      if (line.waiting->name == "root") line.root = word;
      line.waiting = nullptr;
    } else if (line.only_words) {
      ++line.words;
    } else if (word == "--") {
      line.only_words = true;
    } else if (word.starts_with("--root=")) {
      line.root = word.substr(word.find('=') + 1);
    } else if (word.starts_with('-')) {
      const std::span<const Option> options =
          line.verb == nullptr ? global_options() : line.verb->options;
      const Option* option = find_option(options, word);
      if (option != nullptr && !option->value_name.empty()) line.waiting = option;
    } else if (line.verb == nullptr) {
      line.path += (line.path.empty() ? "" : " ") + word;
      line.verb = find_verb(line.path);
    } else {
      ++line.words;
      // From here on the container's own words come.
      line.only_words = takes_command(*line.verb);
    }
  }
  return line;
}

// What the verb's words are, by what its usage calls them.
void offer_words(const LineSoFar& line, Candidates& candidates) {
  const auto takes = [&](std::string_view what) {
    return line.verb->words.find(what) != std::string_view::npos;
  };
  if (takes("SHELL")) {
    candidates.add_all("bash zsh fish", "");
  } else if (takes("PATH") || (takes_command(*line.verb) && line.words > 0)) {
    candidates.add_files();
  } else if (takes("CONTAINER")) {
    offer_containers(line.root, candidates);
  } else if (takes("IMAGE") || takes("[NAME]")) {
    offer_images(line.root, candidates);
  }
}

Result<int> run(Context& /*context*/, const Line& line) {
  const std::string& shell = line.words()[0];
  const char* script = shell == "bash"   ? kBash
                       : shell == "zsh"  ? kZsh
                       : shell == "fish" ? kFish
                                         : nullptr;
  if (script == nullptr) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" is none of bash, zsh and fish", shell));
  }
  TRY(print(script));
  return 0;
}

}  // namespace

std::string completions_for(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const std::string& unfinished = words.back();
  const LineSoFar line = read_line({words.data(), words.size() - 1});
  Candidates candidates(unfinished);
  const std::span<const Option> options =
      line.verb == nullptr ? global_options() : line.verb->options;
  const size_t equals = unfinished.find('=');
  if (line.waiting != nullptr) {
    offer_values(line.verb, *line.waiting, "", candidates);
  } else if (!line.only_words && unfinished.starts_with('-') && equals != std::string::npos) {
    const Option* option = find_option(options, unfinished.substr(0, equals));
    if (option != nullptr) {
      offer_values(line.verb, *option, unfinished.substr(0, equals + 1), candidates);
    }
  } else if (!line.only_words && unfinished.starts_with('-')) {
    offer_options(options, candidates);
  } else if (line.verb == nullptr) {
    offer_verbs(line.path.empty() ? "" : line.path + ' ', candidates);
  } else {
    offer_words(line, candidates);
  }
  return candidates.text();
}

const Verb kCompletion = {.name = "completion",
                          .words = "SHELL",
                          .help = "print the completions for bash, zsh or fish",
                          .options = {},
                          .fewest_words = 1,
                          .most_words = 1,
                          .run = run};

}  // namespace ocirt::frontend
