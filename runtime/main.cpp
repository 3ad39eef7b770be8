// The program `ocirt`: hands the command line to its verb and reports the one error that comes
// back. Runs in: creator.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "base/log.h"
#include "runtime/commands/command_line.h"
#include "runtime/commands/globals.h"
#include "runtime/commands/output.h"
#include "runtime/commands/verb.h"
#include "runtime/commands/version.h"
#include "sys/own_mount.h"

namespace ocirt::commands {
namespace {

constexpr const Verb* kVerbs[] = {
    &kCreate,     &kStart,   &kState, &kKill,     &kDelete, &kRun,    &kExec,
    &kList,       &kPs,      &kPause, &kResume,   &kUpdate, &kEvents, &kMounts,
    &kCheckpoint, &kRestore, &kSpec,  &kFeatures, &kPlan,   &kDoctor,
};

// Engines leak their own fds into us (containerd a listening socket, buildah ten pipes): none of
// them may reach the payload, hooks or helpers (CVE-2024-21626).
void close_leaked_on_exec() {
  (void)::syscall(SYS_close_range, 3U, ~0U, static_cast<unsigned>(CLOSE_RANGE_CLOEXEC));
  // Fails only before Linux 5.11; init then still closes them by itself.
  (void)sys::own_mount();  // it may ask only now
}

std::string describe(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    const bool has_long = option.name.size() > 1;
    std::string head = option.short_name ? fmt::format("-{}, ", option.short_name) : "    ";
    if (!has_long) head = fmt::format("-{}", option.name);
    if (has_long) head += fmt::format("--{}", option.name);
    if (!option.value_name.empty()) head += fmt::format(" {}", option.value_name);
    text += fmt::format("  {:<34} {}\n", head, option.help);
  }
  return text;
}

std::string program_help() {
  std::string text =
      "ocirt: an OCI container runtime\n\n"
      "usage: ocirt [GLOBAL OPTION ...] VERB [OPTION ...] [ID] [ARGUMENT ...]\n\nverbs:\n";
  for (const Verb* verb : kVerbs) text += fmt::format("  {:<10} {}\n", verb->name, verb->help);
  return text + "\nglobal options:\n" + describe(kGlobalOptions) +
         "\n`ocirt VERB --help` shows the options of a verb.\n";
}

std::string verb_help(const Verb& verb) {
  return fmt::format("ocirt {}: {}\n\nusage: ocirt {} [OPTION ...] {}\n\noptions:\n{}", verb.name,
                     verb.help, verb.name, verb.words, describe(verb.options));
}

Result<> check_word_count(const Verb& verb, const ParsedLine& line) {
  const auto count = static_cast<int>(line.words.size());
  if (count >= verb.fewest_words && (verb.most_words < 0 || count <= verb.most_words)) return {};
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("{}: takes {}, got {} word{}", verb.name,
                                verb.words.empty() ? "no arguments" : verb.words, count,
                                count == 1 ? "" : "s"))
      .with_hint(fmt::format("ocirt {} --help", verb.name));
}

Result<int> run_verb(const Verb& verb, const Globals& globals,
                     std::span<const std::string> arguments) {
  std::vector<Option> known(verb.options.begin(), verb.options.end());
  known.push_back({.name = "help", .short_name = 'h', .value_name = "", .help = ""});
  const ParsedLine line = TRY(parse_line(arguments, known, verb.words_until_command));
  if (line.flag("help")) {
    TRY(print(verb_help(verb)));
    return 0;
  }
  TRY(check_word_count(verb, line));
  return verb.run(globals, line);
}

Result<int> run(std::span<const std::string> arguments) {
  // The first word is the verb; what stands before it are the global options.
  const ParsedLine line = TRY(parse_line(arguments, kGlobalOptions, 1));
  if (line.flag("version") || line.flag("V")) {
    TRY(print(version_text()));
    return 0;
  }
  if (line.flag("help") || line.words.empty()) {
    TRY(print(program_help()));
    return line.flag("help") ? 0 : 1;
  }
  const Globals globals = TRY(understand_globals(line));
  const auto found = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                  [&](const Verb* verb) { return verb->name == line.words[0]; });
  if (found == std::end(kVerbs)) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("unknown verb \"{}\"", line.words[0]))
        .with_hint("`ocirt --help` lists the verbs");
  }
  return run_verb(**found, globals, std::span(line.words).subspan(1));
}

}  // namespace
}  // namespace ocirt::commands

int main(int argc, char** argv) {
  (void)::prctl(PR_SET_NAME, "ocirt");  // run from a file without a name, we would have none in ps
  ocirt::commands::close_leaked_on_exec();
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const ocirt::Result<int> status = ocirt::commands::run(arguments);
  if (status) return *status;
  ocirt::log_error(status.error());
  return 1;
}
