// ocirt plan: what create would do, as JSON, without doing it.
#include "runtime/commands/create_request.h"
#include "runtime/commands/output.h"
#include "runtime/plan/decide.h"
#include "runtime/stages/create.h"
#include "runtime/stages/gpus.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/probe_systemd.h"

namespace ocirt::commands {

namespace {

Result<int> show_plan(const Globals& globals, const ParsedLine& line) {
  ParsedLine named = line;
  if (named.words.empty()) named.words = {"plan"};
  // A config with a terminal is planned as `run` would do it, unless a console socket is named.
  const bool detached = named.has("console-socket");
  const stages::CreateRequest request = TRY(create_request(globals, named, detached));
  const std::unique_ptr<stages::Bundle> bundle = TRY(stages::read_bundle(request));
  plan::HostFacts host = TRY(stages::probe_host());
  if (plan::uses_systemd(request.options)) TRY(stages::probe_systemd(host));
  TRY(print(plan::print_plan(TRY(stages::decide_with_gpus(bundle->config, host, request)).plan)));
  return 0;
}

}  // namespace

const Verb kPlan = {.name = "plan",
                    .words = "[ID]",
                    .help = "show what create would do, as JSON",
                    .options = kCreateOptions,
                    .fewest_words = 0,
                    .most_words = 1,
                    .run = show_plan};

}  // namespace ocirt::commands
