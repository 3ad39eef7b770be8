// A container in the foreground.
#include "frontend/commands/foreground.h"

#include <signal.h>

#include <optional>

#include "frontend/containers/cleanup.h"
#include "frontend/containers/detach_keys.h"

namespace ocirt::frontend {

Result<std::string> detach_keys_of(const Containers& containers, const Line& line) {
  const std::string keys =
      line.has("detach-keys") ? line.value("detach-keys") : containers.settings().detach_keys;
  TRY(containers::DetachKeys::parse(keys));
  return keys;
}

int exit_code_of(const containers::Engine& engine, const std::string& id) {
  const std::optional<containers::ExitRecord> exit =
      containers::read_exit_record(engine.store.roots().container(id));
  if (exit) return exit->code;
  return containers::find_kept_exit_code(engine.store.roots(), id)
      .value_or(containers::kUnknownExitCode);
}

Result<containers::AttachEnd> copy_for(const containers::Engine& engine,
                                       const model::Record& record,
                                       containers::AttachClient& client, const Foreground& how) {
  containers::AttachOptions options{.terminal = record.request.terminal,
                                    .input = how.input,
                                    .output = how.output,
                                    .errors = how.errors};
  options.detach_keys = TRY(containers::DetachKeys::parse(how.detach_keys));
  if (how.signal_proxy) {
    options.forward_signal = [&](int number) {
      // It may have ended: then the copying ends as well.
      (void)engine.runtime.call({"kill", record.id, std::to_string(number)});
    };
  }
  return client.run(std::move(options));
}

namespace {

// Without an attach socket: the container has our own stdin, stdout and stderr.
Result<int> wait_without_client(const containers::Engine& engine, const model::Record& record) {
  const std::optional<containers::Monitor> monitor =
      containers::find_monitor(engine.store.roots(), record.id);
  if (monitor) TRY(monitor->process.wait_for_end(-1));
  return exit_code_of(engine, record.id);
}

}  // namespace

Result<int> run_in_foreground(const containers::Engine& engine, const model::Record& record,
                              const containers::Launched& launched, UniqueFd lock,
                              const Foreground& how) {
  const bool passes_stdio = record.log_driver == "passthrough";
  std::optional<containers::AttachClient> client;
  Result<> opened;
  if (!passes_stdio) {
    // Before it runs, or its first words would be lost.
    Result<containers::AttachClient> connected =
        containers::AttachClient::connect(engine.store.roots().run_directory(record.id));
    if (connected) client.emplace(std::move(*connected));
    if (!connected) opened = connected.error();
    if (client && record.request.terminal) client->tell_size();
  }
  if (opened) opened = containers::open_gate(engine, record);
  if (!opened) {
    (void)containers::clean_up(engine, record);  // the first error matters more
    return opened.error();
  }
  lock.reset();
  if (passes_stdio) return wait_without_client(engine, record);
  if (TRY(copy_for(engine, record, *client, how)) == containers::AttachEnd::Detached) return 0;
  client.reset();
  const int code = exit_code_of(engine, record.id);
  // The monitor would do it as well; so the container is gone when we are. One that restarts is
  // its.
  if (!containers::wants_restart(record, code)) {
    TRY(containers::finish(engine, record.id, launched.monitor));
  }
  return code;
}

}  // namespace ocirt::frontend
