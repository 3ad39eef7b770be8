// ocirt kill: sends a signal to a container.
#include <signal.h>

#include <array>

#include "runtime/commands/signals.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/members.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "all", .short_name = 'a', .help = "signal every process of the container"},
}};

Error not_running() {
  // Engines match these very words: containerd, CRI-O, podman.
  return make_error(ErrorKind::BadState, "container not running");
}

Result<> signal_init(const stages::Live& live, int signal) {
  Result<> sent = live.init.send_signal(signal);
  if (!sent && sent.error().kind == ErrorKind::NotFound) return not_running();
  return sent;
}

Result<int> kill(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const int signal = TRY(parse_signal(line.words.size() > 1 ? line.words[1] : "TERM"));
  const bool all = line.flag("all");
  const stages::Live live = TRY(stages::look(found));
  const store::State& state = found.state;
  if (live.status == stages::Status::Stopped || live.status == stages::Status::Creating) {
    if (!all) return not_running();
    // init is gone, but without a pid namespace of its own others may live on.
    TRY(stages::signal_cgroup(state.cgroup, signal));
    return 0;
  }
  if (signal == SIGKILL && !state.cgroup.empty() && !stages::has_own_pid_namespace(state)) {
    // Nobody else would end what init leaves behind.
    TRY(stages::kill_cgroup(state.cgroup));
    return 0;
  }
  TRY(all ? stages::signal_container(state, live, signal) : signal_init(live, signal));
  // A frozen process of cgroup v1 takes no signal, not even this one.
  if (signal == SIGKILL && live.status == stages::Status::Paused) {
    TRY(stages::thaw_cgroup(state.cgroup));
  }
  return 0;
}

}  // namespace

const Verb kKill = {.name = "kill",
                    .words = "ID [SIGNAL]",
                    .help = "send a signal (TERM) to the container's first process",
                    .options = kOptions,
                    .fewest_words = 1,
                    .most_words = 2,
                    .run = kill};

}  // namespace ocirt::commands
