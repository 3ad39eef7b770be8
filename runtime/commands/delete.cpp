// ocirt delete: takes a container away.
#include <fmt/core.h>

#include <array>

#include "runtime/commands/verb.h"
#include "runtime/stages/remove.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "force", .short_name = 'f', .help = "kill it first; no error if it doesn't exist"},
}};

// What can be known of a container whose state file is missing or damaged: `create` was killed
// before its first write, so there is nothing but the directory.
Result<store::State> state_or_remains(const store::ContainerDir& dir, const std::string& id,
                                      bool force) {
  Result<store::State> state = dir.read_state();
  if (state || !force) return state;
  store::State remains;
  remains.id = id;
  return remains;
}

Result<int> remove(const Globals& globals, const ParsedLine& line) {
  const std::string& id = line.words[0];
  const bool force = line.flag("force");
  TRY(store::check_id(id));
  Result<store::ContainerDir> dir = store::ContainerDir::open_locked(globals.root, id);
  if (!dir) {
    // Engines call this twice as a matter of course.
    if (force && dir.error().kind == ErrorKind::NotFound) return 0;
    return std::move(dir).error();
  }
  const store::State state = TRY(state_or_remains(*dir, id, force));
  if (!force) {
    const stages::Live live = TRY(stages::look(TRY(store::find(globals.root, id))));
    if (live.status == stages::Status::Running || live.status == stages::Status::Paused) {
      return make_error(ErrorKind::BadState,
                        fmt::format("cannot delete container \"{}\" that is not stopped: {}", id,
                                    stages::name_of(live.status)))
          .with_hint(fmt::format("ocirt kill {} KILL, or ocirt delete --force {}", id, id));
    }
  }
  TRY(stages::remove_container(*dir, state));
  return 0;
}

}  // namespace

const Verb kDelete = {.name = "delete",
                      .words = "ID",
                      .help = "remove a container that is stopped or only created",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = remove};

}  // namespace ocirt::commands
