// ocictl healthcheck run, and container health-watch, which runs beside a container.
#include <fmt/core.h>

#include "frontend/commands/containers.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/health.h"

namespace ocirt::frontend {

namespace {

Result<int> run(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const Containers::Found found = TRY(all.find(line.words().front()));
  const containers::Engine engine = TRY(all.engine(found.record));
  const containers::HealthState state = TRY(containers::check_health(engine, found.record));
  if (state.log.back().exit_code == 0) return 0;
  TRY(print(state.status + '\n'));
  return 1;
}

// Runs in: a process of its own, from the container's start to its end.
Result<int> watch(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const model::Record record = TRY(all.store().load(line.words().front()));
  const containers::Engine engine = TRY(all.engine(record));
  TRY(containers::watch_health(engine, record));
  return 0;
}

}  // namespace

const Verb kHealthcheckRun = {.name = "healthcheck run",
                              .words = "CONTAINER",
                              .help = "run a container's health check now",
                              .options = {},
                              .fewest_words = 1,
                              .most_words = 1,
                              .run = run};

const Verb kHealthWatch = {.name = "container health-watch",
                           .words = "ID",
                           .help = "run a container's health check until it ends; called by ocictl",
                           .options = {},
                           .fewest_words = 1,
                           .most_words = 1,
                           .run = watch};

}  // namespace ocirt::frontend
