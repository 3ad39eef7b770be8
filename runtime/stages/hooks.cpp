// Runs the hooks of a config, each with the container's state on its standard input.
#include "runtime/stages/hooks.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>

#include "base/json_writer.h"
#include "base/log.h"
#include "runtime/plan/decide.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::stages {

namespace {

// A hook without `env` gets this and nothing else: never the runtime's environment, and never the
// container's, which an image chooses (CVE-2025-23266).
constexpr const char* kDefaultPath =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string first_lines(std::string_view output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == ' ')) {
    output.remove_suffix(1);
  }
  std::string line(output);
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

Result<> run_hook(std::string_view kind, const spec::Hook& hook, std::string_view state_json,
                  const HookOutput& output) {
  sys::Program program;
  program.path = hook.path;
  program.args = hook.args.empty() ? std::vector<std::string>{hook.path} : hook.args;
  program.env = hook.env.empty() ? std::vector<std::string>{kDefaultPath} : hook.env;
  program.output_fd = output.stdout_file.get();
  program.error_fd = output.stderr_file.get();
  const int timeout_ms = hook.timeout ? *hook.timeout * 1000 : -1;
  Result<sys::ProgramOutcome> outcome =
      sys::run_program(std::move(program), state_json, timeout_ms);
  if (!outcome) {
    outcome.error().text = fmt::format("{} hook: {}", kind, outcome.error().text);
    return std::move(outcome).error();
  }
  const auto failed = [&](const std::string& how) {
    std::string text = fmt::format("{} hook \"{}\" {}", kind, hook.path, how);
    if (!outcome->output.empty()) text += ": " + first_lines(outcome->output);
    return make_error(ErrorKind::System, std::move(text));
  };
  if (outcome->timed_out) return failed(fmt::format("took longer than {} s", *hook.timeout));
  if (outcome->status.signalled) {
    return failed(fmt::format("was killed by signal {}", outcome->status.code));
  }
  if (outcome->status.code != 0) {
    return failed(fmt::format("failed with exit code {}", outcome->status.code));
  }
  return {};
}

Result<UniqueFd> open_to_append(const HostPath& path) {
  if (path.text.empty()) return UniqueFd();
  return sys::open_at(AT_FDCWD, path.text.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0600);
}

}  // namespace

std::string print_hook_state(const HookState& state, std::string_view status, pid_t pid) {
  JsonWriter json;
  json.begin_object();
  json.member("ociVersion", state.oci_version);
  json.member("id", state.id);
  json.member("status", status);
  if (pid != 0) json.member("pid", pid);
  json.member("bundle", state.bundle);
  if (!state.annotations.empty()) {
    json.key("annotations");
    json.begin_object();
    for (const auto& [key, value] : state.annotations) json.member(key, value);
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

Result<HookOutput> open_hook_output(const plan::HookFiles& files) {
  return HookOutput{.stdout_file = TRY(open_to_append(files.stdout_file)),
                    .stderr_file = TRY(open_to_append(files.stderr_file))};
}

Result<> run_hooks(std::string_view kind, const std::vector<spec::Hook>& hooks,
                   std::string_view state_json, const HookOutput& output) {
  for (const spec::Hook& hook : hooks) TRY(run_hook(kind, hook, state_json, output));
  return {};
}

Result<> run_poststart_hooks(const std::vector<spec::Hook>& hooks, const HookState& state,
                             pid_t pid) {
  if (hooks.empty()) return {};
  const HookOutput output = TRY(open_hook_output(plan::decide_hook_files(state.annotations)));
  return run_hooks("poststart", hooks, print_hook_state(state, "running", pid), output);
}

void run_poststop_hooks(const std::vector<spec::Hook>& hooks, const HookState& state) {
  if (hooks.empty()) return;
  HookOutput output;
  Result<HookOutput> opened = open_hook_output(plan::decide_hook_files(state.annotations));
  if (opened) {
    output = std::move(*opened);
  } else {
    log_warning(opened.error().message());
  }
  const std::string state_json = print_hook_state(state, "stopped", 0);
  for (const spec::Hook& hook : hooks) {
    const Result<> done = run_hook("poststop", hook, state_json, output);
    if (!done) log_warning(done.error().message());
  }
}

}  // namespace ocirt::stages
