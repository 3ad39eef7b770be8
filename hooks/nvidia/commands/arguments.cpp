// Reads the command line of ocirt-nvidia-hook.
#include "hooks/nvidia/commands/arguments.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace ocirt::nvidia {

namespace {

struct Option {
  std::string_view name;
  std::string_view value_name;  // empty: a flag
  std::string_view help;
  void (*apply)(Arguments& arguments, std::string value);
};

constexpr Option kOptions[] = {
    {"gpus", "WHICH", "which GPUs, as `--gpus` of engines has it (default: all)",
     [](Arguments& to, std::string value) {
       to.gpus = std::move(value);
       to.has_gpus = true;
     }},
    {"rootfs", "DIR", "plan: of an image's root file system",
     [](Arguments& to, std::string value) { to.rootfs = std::move(value); }},
    {"trust-environment", "", "let NVIDIA_VISIBLE_DEVICES of the container grant GPUs",
     [](Arguments& to, std::string) { to.trust = Trust::Environment; }},
    {"without-devices", "", "give all but the device nodes",
     [](Arguments& to, std::string) { to.without_devices = true; }},
    {"hook-free", "", "cdi generate: a specification that needs no hook",
     [](Arguments& to, std::string) { to.hook_free = true; }},
    {"output", "FILE", "cdi generate: write there, at once or not at all",
     [](Arguments& to, std::string value) { to.output = std::move(value); }},
    {"spec-dir", "DIR", "cdi: read specifications there (may be repeated)",
     [](Arguments& to, std::string value) { to.spec_directories.push_back(std::move(value)); }},
    {"driver-root", "DIR", "where the driver's user space is (default: /)",
     [](Arguments& to, std::string value) { to.roots.driver.text = std::move(value); }},
    {"host", "DIR", "where proc, sys and dev of the host are (default: /)",
     [](Arguments& to, std::string value) { to.roots.host.text = std::move(value); }},
    {"help", "", "show this", [](Arguments& to, std::string) { to.help = true; }},
};

}  // namespace

Result<Arguments> parse_arguments(std::span<const std::string> arguments) {
  Arguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (!word.starts_with("--")) {
      parsed.words.push_back(word);
      continue;
    }
    const size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(2, equals - 2);
    const auto* option = std::find_if(std::begin(kOptions), std::end(kOptions),
                                      [&](const Option& known) { return known.name == name; });
    if (option == std::end(kOptions)) {
      return make_error(ErrorKind::InvalidConfig, fmt::format("unknown option \"{}\"", word))
          .with_hint("ocirt-nvidia-hook --help");
    }
    std::string value;
    if (!option->value_name.empty()) {
      if (equals == word.size() && ++i == arguments.size()) {
        return make_error(ErrorKind::InvalidConfig, fmt::format("--{} takes a value", name));
      }
      value = equals == word.size() ? arguments[i] : word.substr(equals + 1);
    }
    option->apply(parsed, std::move(value));
  }
  return parsed;
}

std::string describe_options() {
  std::string text;
  for (const Option& option : kOptions) {
    const std::string head = fmt::format("--{} {}", option.name, option.value_name);
    text += fmt::format("  {:<22} {}\n", head, option.help);
  }
  return text;
}

}  // namespace ocirt::nvidia
