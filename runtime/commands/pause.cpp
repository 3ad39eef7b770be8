// ocirt pause and ocirt resume: stop all processes of a container, and let them go on.
#include <fmt/core.h>

#include "runtime/commands/verb.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

Result<int> pause(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const stages::Live live = TRY(stages::look(found));
  if (live.status != stages::Status::Running && live.status != stages::Status::Created) {
    return make_error(ErrorKind::BadState,
                      fmt::format("cannot pause container \"{}\": it is {}", found.state.id,
                                  stages::name_of(live.status)));
  }
  TRY(stages::freeze_cgroup(found.state.cgroup));
  return 0;
}

Result<int> resume(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const stages::Live live = TRY(stages::look(found));
  if (live.status != stages::Status::Paused) {
    return make_error(ErrorKind::BadState, "container not paused");
  }
  TRY(stages::thaw_cgroup(found.state.cgroup));
  return 0;
}

}  // namespace

const Verb kPause = {.name = "pause",
                     .words = "ID",
                     .help = "freeze all processes of a container",
                     .options = {},
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = pause};

const Verb kResume = {.name = "resume",
                      .words = "ID",
                      .help = "let a paused container go on",
                      .options = {},
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = resume};

}  // namespace ocirt::commands
