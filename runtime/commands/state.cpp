// ocirt state: what is known of one container, as JSON.
#include "base/json_writer.h"
#include "runtime/commands/container_json.h"
#include "runtime/commands/output.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

Result<int> state(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const stages::Live live = TRY(stages::look(found));
  JsonWriter json("  ");
  write_container(json, found.state, live.status, "");
  TRY(print(std::move(json).take() + "\n"));
  return 0;
}

}  // namespace

const Verb kState = {.name = "state",
                     .words = "ID",
                     .help = "show the state of a container",
                     .options = {},
                     .fewest_words = 1,
                     .most_words = 1,
                     .run = state};

}  // namespace ocirt::commands
