// ocirt run: create and start in one, and stay until the end.
#include <array>

#include "base/log.h"
#include "runtime/commands/create_request.h"
#include "runtime/stages/attached.h"
#include "runtime/stages/create.h"
#include "runtime/stages/notify.h"
#include "runtime/stages/remove.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, kCreateOptions.size() + 2> run_options() {
  std::array<Option, kCreateOptions.size() + 2> options{};
  std::copy(kCreateOptions.begin(), kCreateOptions.end(), options.begin());
  options[kCreateOptions.size()] = {
      .name = "detach", .short_name = 'd', .help = "return when the program runs"};
  options[kCreateOptions.size() + 1] = {.name = "keep", .help = "don't delete it at its end"};
  return options;
}
constexpr auto kOptions = run_options();

Result<int> run(const Globals& globals, const ParsedLine& line) {
  const bool detached = line.flag("detach");
  const stages::CreateRequest request = TRY(create_request(globals, line, detached));
  if (!detached) stages::hold_signals();
  stages::Created created = TRY(stages::create(request, stages::Gate::ForRun));
  stages::ReadyRelay relay;
  const auto start = [&]() -> Result<> {
    relay = TRY(stages::ReadyRelay::open(created.dir.fd()));
    return stages::start_created(created);
  };
  if (Result<> started = start(); !started) {
    if (Result<> removed = stages::remove_container(created.dir, created.state); !removed) {
      log_warning(removed.error().message());
    }
    return std::move(started).error();
  }
  created.dir.commit();
  created.dir.unlock();
  if (detached) {
    const pid_t pid = created.init.pid();
    created.init.release();
    TRY(relay.wait(created.init.pidfd(), pid));
    return 0;
  }
  const int status =
      TRY(stages::stay_attached(created.init, std::move(created.terminal), std::move(relay)));
  // Somebody else may have deleted it already.
  if (!line.flag("keep") && TRY(created.dir.lock_again())) {
    TRY(stages::remove_container(created.dir, created.state));
  }
  return status;
}

}  // namespace

const Verb kRun = {.name = "run",
                   .words = "ID",
                   .help = "create and start a container, and delete it at its end",
                   .options = kOptions,
                   .fewest_words = 1,
                   .most_words = 1,
                   .run = run};

}  // namespace ocirt::commands
