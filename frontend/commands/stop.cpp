// ocictl stop, kill, restart, pause, unpause and wait: containers that run.
#include <fmt/core.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/log.h"
#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/foreground.h"
#include "frontend/commands/stop.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/cleanup.h"
#include "frontend/containers/events.h"
#include "frontend/containers/recovery.h"

namespace ocirt::frontend {

namespace {

using containers::State;

constexpr std::array<Option, 5> kStopOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all that run"},
    {.name = "cidfile", .value_name = "FILE", .help = "a file with the id"},
    {.name = "ignore", .short_name = 'i', .value_name = "", .help = "unknown ones are no error"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "time", .short_name = 't', .value_name = "S", .help = "until it is killed (10)"},
}};

constexpr std::array<Option, 4> kKillOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all that run"},
    {.name = "cidfile", .value_name = "FILE", .help = "a file with the id"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "signal", .short_name = 's', .value_name = "SIGNAL", .help = "which (KILL)"},
}};

constexpr std::array<Option, 4> kRestartOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all, also those that don't run"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "running", .value_name = "", .help = "only those that run"},
    {.name = "time", .short_name = 't', .value_name = "S", .help = "until it is killed (10)"},
}};

constexpr std::array<Option, 2> kPauseOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
}};

constexpr std::array<Option, 4> kWaitOptions = {{
    {.name = "condition", .value_name = "STATE", .help = "what to wait for (stopped)"},
    {.name = "ignore", .value_name = "", .help = "unknown ones are no error: -1"},
    {.name = "interval",
     .short_name = 'i',
     .value_name = "TIME",
     .help = "accepted: we don't poll"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
}};

bool runs(const containers::Status& status) {
  return status.state == State::Running || status.state == State::Paused;
}
bool is_paused(const containers::Status& status) {
  return status.state == State::Paused;
}
bool is_running(const containers::Status& status) {
  return status.state == State::Running;
}

// --restart leaves it alone from now on.
Result<> note_stop(const containers::Engine& engine, const std::string& id) {
  const UniqueFd lock = TRY(engine.store.lock(id));
  model::Record record = TRY(engine.store.load(id));
  if (record.request.restart.name == "no" || record.stopped_by_user) return {};
  record.stopped_by_user = true;
  return engine.store.save(record);
}

Result<> send(const containers::Engine& engine, const std::string& id, int number) {
  return engine.runtime.call({"kill", id, std::to_string(number)});
}

// Of a container that has ended: until the monitor has recorded it and cleaned up; where it was
// killed, we do.
Result<> wait_for_record(const containers::Engine& engine, const model::Record& record) {
  if (const std::optional<containers::Monitor> monitor =
          containers::find_monitor(engine.store.roots(), record.id)) {
    TRY(monitor->process.wait_for_end(-1));
  }
  constexpr int64_t kReaping_ms = 10'000;  // of init by who inherits it: at once, most often
  containers::recover_ends(engine, record, kReaping_ms);
  Result<containers::Status> status = containers::find_status(engine.store, engine.runtime, record);
  if (status) (void)containers::heal(engine, record, *status);
  return {};
}

Result<> wait_for_end(const containers::Engine& engine, const model::Record& record,
                      const sys::Pidfd& init) {
  TRY(init.wait_for_end(-1));
  return wait_for_record(engine, record);
}

Result<std::optional<unsigned>> seconds_of(const Line& line) {
  if (!line.has("time")) return std::optional<unsigned>();
  const std::optional<int64_t> seconds = bundle::parse_number(line.value("time"));
  if (!seconds || *seconds < -1) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--time {}: not a number of seconds", line.value("time")));
  }
  return std::optional<unsigned>(static_cast<unsigned>(*seconds));
}

}  // namespace

Result<> stop_container(const containers::Engine& engine, const model::Record& record,
                        const containers::Status& status, std::optional<unsigned> patience_s) {
  if (status.state == State::Initialized) {
    const UniqueFd lock = TRY(engine.store.lock(record.id));
    return containers::clean_up(engine, record);
  }
  if (!runs(status)) return {};
  const Result<sys::Pidfd> init = sys::Pidfd::open(status.pid);
  if (!init) return {};  // it has just ended
  TRY(note_stop(engine, record.id));
  const unsigned seconds = patience_s.value_or(record.stop_timeout_s);
  constexpr unsigned kForEver = static_cast<unsigned>(-1);
  constexpr unsigned kMost_s = 2'000'000;
  bool ended = false;
  if (seconds > 0) {
    const Result<> sent = send(engine, record.id, record.stop_signal);
    // A frozen container hears it when it is thawed.
    if (sent && status.state == State::Paused) {
      (void)engine.runtime.call({"resume", record.id});
    }
    const int wait_ms =
        seconds == kForEver ? -1 : static_cast<int>(std::min(seconds, kMost_s) * 1000);
    ended = TRY(init->wait_for_end(wait_ms));
    if (!ended) {
      log_warning(
          fmt::format("StopSignal SIG{} failed to stop container {} in {} seconds, "
                      "resorting to SIGKILL",
                      sigabbrev_np(record.stop_signal), record.name, seconds));
    }
  }
  if (!ended) (void)send(engine, record.id, SIGKILL);  // if it fails, it has ended
  return wait_for_end(engine, record, *init);
}

namespace {

Result<int> stop(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(all, line, runs));
  const std::optional<unsigned> patience = TRY(seconds_of(line));
  return for_each_container(words, [&](const std::string& word) -> Result<> {
    Result<Containers::Found> found = all.find(word);
    if (!found && found.error().kind == ErrorKind::NotFound && line.flag("ignore")) return {};
    if (!found) return found.error();
    return stop_container(TRY(all.engine(found->record)), found->record, found->status, patience);
  });
}

Result<int> kill(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  int number = SIGKILL;
  if (line.has("signal")) {
    const std::optional<int> asked = bundle::parse_signal(line.value("signal"));
    if (!asked) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("invalid signal: {}", line.value("signal")));
    }
    number = *asked;
  }
  const std::vector<std::string> words = TRY(chosen_containers(all, line, runs));
  return for_each_container(words, [&](const std::string& word) -> Result<> {
    const Containers::Found found = TRY(all.find(word));
    const containers::Engine engine = TRY(all.engine(found.record));
    if (!runs(found.status)) {
      return make_error(
          ErrorKind::BadState,
          fmt::format("can only kill running containers. {} is in state {}: container "
                      "state improper",
                      found.record.id, containers::name_of(found.status.state)));
    }
    if (number == SIGKILL || number == found.record.stop_signal) {
      TRY(note_stop(engine, found.record.id));
    }
    return send(engine, found.record.id, number);
  });
}

Result<> restart_one(Containers& all, const std::string& word, std::optional<unsigned> patience) {
  const Containers::Found found = TRY(all.find(word));
  const containers::Engine engine = TRY(all.engine(found.record));
  model::Record kept = found.record;
  // --rm means the end that isn't followed by a start.
  if (kept.request.remove && runs(found.status)) {
    const UniqueFd lock = TRY(engine.store.lock(kept.id));
    kept.request.remove = false;
    TRY(engine.store.save(kept));
  }
  TRY(stop_container(engine, kept, found.status, patience));
  const UniqueFd lock = TRY(engine.store.lock(kept.id));
  model::Record record = TRY(engine.store.load(kept.id));
  record.request.remove = found.record.request.remove;
  record.restarts = 0;
  record.stopped_by_user = true;  // so that launch() saves the record
  TRY(containers::launch(engine, record));
  return containers::open_gate(engine, record);
}

Result<int> restart(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::optional<unsigned> patience = TRY(seconds_of(line));
  std::vector<std::string> words;
  if (line.flag("running")) {
    for (const Containers::Found& found : TRY(all.all())) {
      if (is_running(found.status)) words.push_back(found.record.id);
    }
  } else {
    words = TRY(chosen_containers(all, line));
  }
  return for_each_container(
      words, [&](const std::string& word) { return restart_one(all, word, patience); });
}

Result<int> pause_or_not(Context& context, const Line& line, bool pauses) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words =
      TRY(chosen_containers(all, line, pauses ? is_running : is_paused));
  return for_each_container(words, [&](const std::string& word) -> Result<> {
    const Containers::Found found = TRY(all.find(word));
    const containers::Engine engine = TRY(all.engine(found.record));
    if (found.status.state != (pauses ? State::Running : State::Paused)) {
      return make_error(
          ErrorKind::BadState,
          fmt::format("\"{}\" is not {}, can't {}: container state improper", found.record.id,
                      pauses ? "running" : "paused", pauses ? "pause" : "unpause"));
    }
    const UniqueFd lock = TRY(engine.store.lock(found.record.id));
    TRY(engine.runtime.call({pauses ? "pause" : "resume", found.record.id}));
    containers::tell_event(engine.store.roots(), found.record, pauses ? "pause" : "unpause");
    return Result<>{};
  });
}

Result<int> pause(Context& context, const Line& line) {
  return pause_or_not(context, line, true);
}
Result<int> unpause(Context& context, const Line& line) {
  return pause_or_not(context, line, false);
}

Result<> wait_one(Containers& all, const std::string& word, const Line& line) {
  Result<Containers::Found> found = all.find(word);
  if (!found && found.error().kind == ErrorKind::NotFound && line.flag("ignore")) {
    return print("-1\n");
  }
  if (!found) return found.error();
  const containers::Engine engine = TRY(all.engine(found->record));
  const std::string condition = line.has("condition") ? line.value("condition") : "stopped";
  if (condition != "stopped" && condition != "exited") {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--condition {}: only stopped and exited are known", condition));
  }
  if (found->status.state == State::Created) return print("0\n");
  if (found->status.pid > 0) {
    const Result<sys::Pidfd> init = sys::Pidfd::open(found->status.pid);
    if (init) TRY(init->wait_for_end(-1));  // else it has just ended
  }
  TRY(wait_for_record(engine, found->record));
  return print(std::to_string(exit_code_of(engine, found->record.id)) + '\n');
}

Result<int> wait(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(all, line));
  return for_each_container(
      words, [&](const std::string& word) { return wait_one(all, word, line); }, false);
}

}  // namespace

const Verb kStop = {.name = "stop",
                    .words = "CONTAINER [CONTAINER...]",
                    .help = "stop containers",
                    .options = kStopOptions,
                    .run = stop};
const Verb kKill = {.name = "kill",
                    .words = "CONTAINER [CONTAINER...]",
                    .help = "send a signal to containers",
                    .options = kKillOptions,
                    .run = kill};
const Verb kRestart = {.name = "restart",
                       .words = "CONTAINER [CONTAINER...]",
                       .help = "stop containers and start them again",
                       .options = kRestartOptions,
                       .run = restart};
const Verb kPause = {.name = "pause",
                     .words = "CONTAINER [CONTAINER...]",
                     .help = "freeze the processes of containers",
                     .options = kPauseOptions,
                     .run = pause};
const Verb kUnpause = {.name = "unpause",
                       .words = "CONTAINER [CONTAINER...]",
                       .help = "let them go on",
                       .options = kPauseOptions,
                       .run = unpause};
const Verb kWait = {.name = "wait",
                    .words = "CONTAINER [CONTAINER...]",
                    .help = "wait for the end of containers, and print their exit codes",
                    .options = kWaitOptions,
                    .run = wait};

}  // namespace ocirt::frontend
