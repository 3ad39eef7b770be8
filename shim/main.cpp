// The program `ocirt-shim`: understands its command line, waits for the engine's word, and leaves a
// monitor behind in the background.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shim/diagnostics.h"
#include "shim/monitor.h"
#include "shim/recovery.h"
#include "shim/version.h"
#include "sys/file.h"

namespace ocirt::shim {
namespace {

// For engines that have no option for it: podman takes it from containers.conf.
constexpr const char* kRecoveryDir = "OCIRT_SHIM_RECOVERY_DIR";

/// What has to work before we go into the background: its failure is our exit status.
struct Prepared {
  Options options;
  Logs logs;
  std::string own_oom_score;
};

// The kernel is to kill containers before their monitor. Returns the former value, for our
// children; empty where it can't be changed, which needs CAP_SYS_RESOURCE.
std::string avoid_oom_killer() {
  constexpr const char* kFile = "/proc/self/oom_score_adj";
  Result<std::string> former = sys::read_file(AT_FDCWD, kFile, 16);
  if (!former || !sys::write_existing(AT_FDCWD, kFile, "-1000")) return {};
  return std::move(*former);
}

Result<std::string> working_directory() {
  std::array<char, 4096> path;
  if (::getcwd(path.data(), path.size()) == nullptr) return last_error("get working directory");
  return std::string(path.data());
}

Result<> fill_in_defaults(Options& options) {
  if (!sys::can_execute(options.runtime.c_str())) {
    return last_error("Runtime path " + options.runtime + " is not valid");
  }
  if (options.bundle.empty() && !options.exec) options.bundle = TRY(working_directory());
  if (options.container_pidfile.empty()) {
    options.container_pidfile = TRY(working_directory()) + "/pidfile-" + options.cid;
  }
  if (const char* directory = ::getenv(kRecoveryDir);
      directory != nullptr && options.recovery_dir.empty()) {
    options.recovery_dir = directory;
  }
  return {};
}

Result<Prepared> prepare(Options options) {
  TRY(check_options(options));
  TRY(fill_in_defaults(options));
  Logs logs = TRY(Logs::open(options));
  return Prepared{
      .options = std::move(options), .logs = std::move(logs), .own_oom_score = avoid_oom_killer()};
}

Result<> write_pid_file(const std::string& path, pid_t pid) {
  if (path.empty()) return {};
  const std::string temporary = path + ".new";
  {
    const UniqueFd file = TRY(
        sys::open_at(AT_FDCWD, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
    TRY(sys::write_all(file.get(), std::to_string(pid)));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return last_error("write \"" + path + "\"");
  return {};
}

// Signals wait until the monitor looks at them.
void hold_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGUSR1}) sigaddset(&set, number);
  (void)::sigprocmask(SIG_BLOCK, &set, nullptr);
  (void)::signal(SIGPIPE, SIG_IGN);
}

void exit_at_once(int /*signal*/) {
  ::_exit(1);
}

// Errors go to the engine in two ways: as a message, and as our exit status.
int refuse(const EnginePipes& engine, const Options& options, const Error& error) {
  const std::string hint = error.hint.empty() ? "" : "\n  hint: " + error.hint;
  tell(Verbosity::Error, error.message() + hint);
  engine.report(options, SyncValue::Pid, -1, error.message());
  return 1;
}

int monitor(Prepared& prepared, EnginePipes engine) {
  const Options& options = prepared.options;
  Result<Loop> loop = Loop::make();
  if (!loop) return refuse(engine, options, loop.error());
  Result<Buffers> buffers = Buffers::make();
  if (!buffers) return refuse(engine, options, buffers.error());
  Monitor monitor(options, std::move(engine), std::move(prepared.logs), std::move(*loop),
                  std::move(*buffers), std::move(prepared.own_oom_score));
  return monitor.run();
}

int run(std::span<const std::string_view> words) {
  (void)::signal(SIGTERM, exit_at_once);
  Result<EnginePipes> engine = EnginePipes::from_environment();
  if (!engine) return refuse(EnginePipes{}, Options{}, engine.error());
  Result<Options> options = parse_options(words);
  if (!options) return refuse(*engine, Options{}, options.error());
  if (options->version || options->help) {
    const std::string text = options->version ? version_text() : options_help();
    return sys::write_all(STDOUT_FILENO, text) ? 0 : 1;
  }
  if (!options->recover.empty()) return recover_all(options->recover);
  const Options as_given = *options;
  open_diagnostics(
      {.verbosity = options->verbosity, .to_syslog = options->syslog, .container = as_given.cid});
  Result<Prepared> prepared = prepare(std::move(*options));
  if (!prepared) return refuse(*engine, as_given, prepared.error());

  engine->wait_for_start();  // meanwhile the engine moves us into a cgroup
  if (!prepared->options.exec_attach) engine->start.reset();
  if (!prepared->options.foreground) {
    const pid_t pid = ::fork();
    if (pid < 0) return refuse(*engine, as_given, last_error("fork"));
    if (pid > 0) {
      const Result<> written = write_pid_file(prepared->options.conmon_pidfile, pid);
      if (!written) tell(Verbosity::Error, written.error().message());
      ::_exit(0);  // whatever comes, the monitor reports it
    }
    (void)::setsid();  // fails for no child of a fork
  }
  hold_signals();
  return monitor(*prepared, std::move(*engine));
}

}  // namespace
}  // namespace ocirt::shim

int main(int argc, char** argv) {
  // A backlog that has grown is given back when it has gone.
  (void)::mallopt(M_MMAP_THRESHOLD, 64 * 1024);
  const std::vector<std::string_view> words(argv + std::min(argc, 1), argv + argc);
  return ocirt::shim::run(words);
}
