// The program `ocirt-nvidia-hook`: hands the command line to its verb and reports the one error
// that comes back.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/log.h"
#include "hooks/nvidia/commands/verbs.h"

namespace ocirt::nvidia {
namespace {

struct Verb {
  std::string_view name;
  std::string_view help;
  Result<int> (*run)(const Arguments& arguments);
};

constexpr Verb kVerbs[] = {
    {"prestart", "give a container its GPUs, as a hook of this stage", run_hook},
    {"createRuntime", "the same", run_hook},
    {"createContainer", "the same", run_hook},
    {"plan", "show what a container would get, as JSON", show_plan},
    {"list", "show this host's GPUs, and whether we may use them", list_gpus},
    {"doctor", "say what is wrong with this host's driver, and the cure", doctor},
    {"cdi", "generate, list or check specifications of CDI", cdi},
};

std::string help() {
  std::string text =
      "ocirt-nvidia-hook: NVIDIA GPUs in containers\n\n"
      "usage: ocirt-nvidia-hook [OPTION ...] VERB\n\nverbs:\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {:<16} {}\n", verb.name, verb.help);
  return text + "\noptions:\n" + describe_options();
}

Result<int> run(std::span<const std::string> words) {
  const Arguments arguments = TRY(parse_arguments(words));
  if (arguments.help || arguments.words.empty()) {
    TRY(print(help()));
    return arguments.help ? 0 : 1;
  }
  for (const Verb& verb : kVerbs) {
    if (verb.name == arguments.words[0]) return verb.run(arguments);
  }
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("unknown verb \"{}\"", arguments.words[0]))
      .with_hint("ocirt-nvidia-hook --help");
}

}  // namespace
}  // namespace ocirt::nvidia

int main(int argc, char** argv) {
  ocirt::open_log({.program = "ocirt-nvidia-hook", .level = ocirt::LogLevel::Warning});
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const ocirt::Result<int> status = ocirt::nvidia::run(arguments);
  if (status) return *status;
  ocirt::log_error(status.error());
  return 1;
}
