// ocictl start and attach: containers that were made before.
#include <fmt/core.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/foreground.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/cleanup.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 7> kStartOptions = {{
    {.name = "all", .value_name = "", .help = "all that don't run"},
    {.name = "attach", .short_name = 'a', .value_name = "", .help = "stay with its output"},
    {.name = "detach-keys", .value_name = "KEYS", .help = "keys that detach (ctrl-p,ctrl-q)"},
    {.name = "interactive", .short_name = 'i', .value_name = "", .help = "and with its input"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "sig-proxy", .value_name = "", .help = "pass signals on (true, with --attach)"},
    {.name = "cidfile", .value_name = "FILE", .help = "a file with the id"},
}};

constexpr std::array<Option, 4> kAttachOptions = {{
    {.name = "detach-keys", .value_name = "KEYS", .help = "keys that detach (ctrl-p,ctrl-q)"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "no-stdin", .value_name = "", .help = "don't pass stdin on"},
    {.name = "sig-proxy", .value_name = "", .help = "pass signals on (true)"},
}};

// A container under its lock, cleaned up and ready to be launched. Nothing if it runs already.
struct Ready {
  model::Record record;
  UniqueFd lock;
  bool runs = false;
  bool initialized = false;
};

Result<Ready> make_ready(Containers& all, const std::string& word) {
  const Containers::Found found = TRY(all.find(word));
  Ready ready;
  ready.lock = TRY(all.store().lock(found.record.id));
  ready.record = TRY(all.store().load(found.record.id));
  const containers::Engine engine = TRY(all.engine(ready.record));
  const containers::Status status = TRY(all.status(ready.record));
  ready.runs = status.state == containers::State::Running;
  ready.initialized = status.state == containers::State::Initialized;
  if (status.state == containers::State::Paused) {
    return make_error(ErrorKind::BadState,
                      fmt::format("container {} is paused: it can't be started", ready.record.id))
        .with_hint(fmt::format("ocictl unpause {}", word));
  }
  if (status.unclean) TRY(containers::clean_up(engine, ready.record));
  ready.record.restarts = 0;
  return ready;
}

Result<> start_detached(Containers& all, const std::string& word) {
  Ready ready = TRY(make_ready(all, word));
  if (ready.runs) return {};
  const containers::Engine engine = TRY(all.engine(ready.record));
  if (!ready.initialized) TRY(containers::launch(engine, ready.record));
  Result<> opened = containers::open_gate(engine, ready.record);
  if (!opened) (void)containers::clean_up(engine, ready.record);  // the first error matters more
  return opened;
}

Result<int> start_attached(Containers& all, const std::string& word, const Line& line) {
  Ready ready = TRY(make_ready(all, word));
  const containers::Engine engine = TRY(all.engine(ready.record));
  Foreground how{.input = line.flag("interactive") && ready.record.request.open_stdin,
                 .signal_proxy = line.flag("sig-proxy", true)};
  how.detach_keys = TRY(detach_keys_of(all, line));
  if (ready.runs) {
    return make_error(ErrorKind::BadState,
                      fmt::format("unable to start container {}: it runs already", word))
        .with_hint(fmt::format("ocictl attach {}", word));
  }
  containers::Launched launched;
  if (!ready.initialized) {
    launched = TRY(containers::launch(engine, ready.record));
  } else if (auto monitor = containers::find_monitor(engine.store.roots(), ready.record.id)) {
    launched = {.init = 0, .monitor = monitor->pid};
  }
  return run_in_foreground(engine, ready.record, launched, std::move(ready.lock), how);
}

Result<int> start(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words =
      TRY(chosen_containers(all, line, [](const containers::Status& status) {
        return status.state != containers::State::Running &&
               status.state != containers::State::Paused;
      }));
  if (!line.flag("attach") && !line.flag("interactive")) {
    return for_each_container(words,
                              [&](const std::string& word) { return start_detached(all, word); });
  }
  if (words.size() != 1) {
    return make_error(ErrorKind::InvalidConfig,
                      "you cannot start and attach multiple containers at "
                      "once");
  }
  Result<int> status = start_attached(all, words.front(), line);
  if (status) return status;
  log_error(status.error());
  return containers::status_of(status.error());
}

Result<int> attach(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(all, line));
  if (words.size() != 1) {
    return make_error(ErrorKind::InvalidConfig, "attach takes one container");
  }
  const Containers::Found found = TRY(all.find(words.front()));
  if (found.status.state != containers::State::Running) {
    return make_error(ErrorKind::BadState, "you can only attach to running containers")
        .with_hint(fmt::format("ocictl start --attach {}", words.front()));
  }
  const containers::Engine engine = TRY(all.engine(found.record));
  containers::AttachClient client =
      TRY(containers::AttachClient::connect(engine.store.roots().run_directory(found.record.id)));
  if (found.record.request.terminal) client.tell_size();
  Foreground how{.input = found.record.request.open_stdin && !line.flag("no-stdin"),
                 .signal_proxy = line.flag("sig-proxy", true)};
  how.detach_keys = TRY(detach_keys_of(all, line));
  const containers::AttachEnd end = TRY(copy_for(engine, found.record, client, how));
  if (end == containers::AttachEnd::Detached) return 0;
  const int code = exit_code_of(engine, found.record.id);
  return code;
}

}  // namespace

const Verb kStart = {.name = "start",
                     .words = "CONTAINER [CONTAINER...]",
                     .help = "start containers",
                     .options = kStartOptions,
                     .run = start};

const Verb kAttach = {.name = "attach",
                      .words = "CONTAINER",
                      .help = "attach the terminal to a running container",
                      .options = kAttachOptions,
                      .most_words = 1,
                      .run = attach};

}  // namespace ocirt::frontend
