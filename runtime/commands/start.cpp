// ocirt start: opens the gate of a created container.
#include <fmt/core.h>
#include <unistd.h>

#include "base/log.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/attend.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/hooks.h"
#include "runtime/stages/notify.h"
#include "runtime/stages/remove.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"
#include "spec/parse.h"
#include "sys/file.h"
#include "sys/process.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestConfig = 64 << 20;

Result<> check_created(stages::Status status, const std::string& id) {
  switch (status) {
    case stages::Status::Created:
      return {};
    case stages::Status::Stopped:
      return make_error(ErrorKind::BadState,
                        fmt::format("cannot start a container that has stopped: \"{}\"", id));
    case stages::Status::Creating:
      return make_error(
          ErrorKind::BadState,
          fmt::format("cannot start a container that is still being made: \"{}\"", id));
    case stages::Status::Paused:
      return make_error(ErrorKind::BadState,
                        fmt::format("cannot start a paused container: \"{}\"", id))
          .with_hint(fmt::format("ocirt resume {}", id));
    case stages::Status::Running:
      break;
  }
  return make_error(ErrorKind::BadState,
                    fmt::format("cannot start an already running container: \"{}\"", id));
}

// The config as it was when the container was made: what the bundle's says now doesn't count.
Result<spec::Config> saved_config(int directory) {
  const std::string text = TRY(sys::read_file(directory, store::kConfigFile, kLargestConfig));
  return spec::parse_config(text);
}

stages::ListenerRoute route_for(const spec::Config& config, const stages::HookState& state,
                                pid_t pid) {
  if (!config.linux_ || !config.linux_->seccomp) return {};
  plan::SeccompPlan seccomp;
  seccomp.listener_path = config.linux_->seccomp->listener_path.value_or("");
  seccomp.listener_metadata = config.linux_->seccomp->listener_metadata.value_or("");
  return stages::listener_route(seccomp, state, "created", pid);
}

Result<int> start(const Globals& globals, const ParsedLine& line) {
  const std::string& id = line.words[0];
  TRY(store::check_id(id));
  store::ContainerDir dir = TRY(store::ContainerDir::open_locked(globals.root, id));
  const store::Found found = TRY(store::find(globals.root, id));
  TRY(check_created(TRY(stages::look(found)).status, id));

  const store::State& state = found.state;
  const spec::Config config = TRY(saved_config(dir.fd()));
  const stages::HookState hook_state{.oci_version = state.oci_version,
                                     .id = state.id,
                                     .bundle = state.bundle,
                                     .annotations = state.annotations};
  stages::ReadyRelay relay = TRY(stages::ReadyRelay::open(dir.fd()));
  sys::Pidfd payload;
  if (relay.fd() >= 0) payload = TRY(sys::Pidfd::open(state.pid));  // it waits at the gate
  Result<> started = stages::open_gate(dir.fd(), route_for(config, hook_state, state.pid));
  if (started) {
    // From here on the status is running.
    if (::unlinkat(dir.fd(), store::kGateSocket, 0) < 0) return last_error("remove the start gate");
    if (config.hooks) {
      started = stages::run_poststart_hooks(config.hooks->poststart, hook_state, state.pid);
    }
  }
  if (!started) {
    // The spec: the container is stopped, and its life goes on at step 12, destruction.
    if (Result<> removed = stages::remove_container(dir, state); !removed) {
      log_warning(removed.error().message());
    }
    return std::move(started).error();
  }
  dir.unlock();  // others may need to stop a container that never becomes ready
  TRY(relay.wait(payload, state.pid));
  return 0;
}

}  // namespace

const Verb kStart = {.name = "start",
                     .words = "ID",
                     .help = "run the program of a created container",
                     .options = {},
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = start};

}  // namespace ocirt::commands
