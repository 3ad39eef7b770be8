// ocirt exec: runs another program in a container.
#include <fcntl.h>
#include <fmt/core.h>

#include <array>

#include "base/log.h"

#include "runtime/commands/create_request.h"
#include "runtime/commands/exec_process.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/attached.h"
#include "runtime/stages/exec.h"
#include "runtime/stages/status.h"
#include "spec/parse.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

// What runc's exec returns when the program could not be run, so that callers can tell that from
// the program's own exit code 1.
constexpr int kSetupFailed = 255;
constexpr size_t kLargestConfig = 64 << 20;

Result<> check_status(stages::Status status, bool ignore_paused) {
  switch (status) {
    case stages::Status::Created:
    case stages::Status::Running:
      return {};
    case stages::Status::Paused:
      if (ignore_paused) return {};
      return make_error(ErrorKind::BadState,
                        "cannot exec in a paused container (use --ignore-paused to override)");
    case stages::Status::Creating:
    case stages::Status::Stopped:
      break;
  }
  return make_error(ErrorKind::BadState, "cannot exec in a stopped container");
}

Result<int> run_in_container(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const stages::Live live = TRY(stages::look(found));
  TRY(check_status(live.status, line.flag("ignore-paused")));
  const std::string text =
      TRY(sys::read_file(found.directory.get(), store::kConfigFile, kLargestConfig));
  spec::SourceSpans spans;
  const spec::Config config = TRY(spec::parse_config(text, &spans));
  const spec::Process process = TRY(exec_process(line, config));

  stages::ExecRequest request;
  request.options.detached = line.flag("detach");
  request.options.has_console_socket = line.has("console-socket");
  request.options.preserved_fds = TRY(preserved_fds(line));
  request.options.cgroup = line.value("cgroup");
  request.state_root = globals.root;
  request.console_socket = line.value("console-socket");
  request.pidfd_socket = line.value("pidfd-socket");
  request.pid_file = line.value("pid-file");
  request.seccomp_source = spans.seccomp;
  if (!request.options.detached) stages::hold_signals();
  stages::Executed executed = TRY(stages::execute_in(request, found, live.init, config, process));
  if (request.options.detached) {
    executed.process.release();
    return 0;
  }
  return stages::stay_attached(executed.process, std::move(executed.terminal));
}

Result<int> exec(const Globals& globals, const ParsedLine& line) {
  Result<int> status = run_in_container(globals, line);
  if (status) return status;
  Error error = std::move(status).error();
  if (error.kind == ErrorKind::BadState) error.text = "exec failed: " + error.text;
  log_error(error);
  return kSetupFailed;
}

}  // namespace

const Verb kExec = {.name = "exec",
                    .words = "ID [COMMAND [ARGUMENT ...]]",
                    .help = "run another program in a container",
                    .options = kExecOptions,
                    .fewest_words = 1,
                    .most_words = -1,
                    .words_until_command = 1,
                    .run = exec};

}  // namespace ocirt::commands
