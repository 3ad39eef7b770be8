// ocictl rm, container prune, container exists, rename, and container cleanup, which the monitor
// calls.
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "frontend/commands/containers.h"
#include "frontend/commands/labels.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/stop.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/cleanup.h"
#include "frontend/containers/disk_use.h"
#include "frontend/containers/names.h"

namespace ocirt::frontend {

namespace {

using containers::State;

constexpr std::array<Option, 8> kRmOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all containers"},
    {.name = "cidfile", .value_name = "FILE", .help = "a file with the id"},
    {.name = "depend", .value_name = "", .help = "accepted: none depends on another"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "also those that run"},
    {.name = "ignore", .short_name = 'i', .value_name = "", .help = "unknown ones are no error"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "time",
     .short_name = 't',
     .value_name = "S",
     .help = "with --force: until it is "
             "killed"},
    {.name = "volumes", .short_name = 'v', .value_name = "", .help = "with its anonymous volumes"},
}};

constexpr std::array<Option, 2> kPruneOptions = {{
    {.name = "filter", .value_name = "KEY=VALUE", .help = "only those: label, label!, until"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "without asking"},
}};

constexpr std::array<Option, 1> kExistsOptions = {{
    {.name = "external", .value_name = "", .help = "accepted and ignored: there are no others"},
}};

}  // namespace

Result<> remove_container(Containers& all, const std::string& word, const RmOptions& how) {
  const Containers::Found found = TRY(all.find(word));
  const containers::Engine engine = TRY(all.engine(found.record));
  const bool is_live = found.status.pid > 0;
  if (is_live && !how.force) {
    return make_error(ErrorKind::BadState,
                      fmt::format("cannot remove container {} as it is {} - running or paused "
                                  "containers cannot be removed without force: container state "
                                  "improper",
                                  found.record.id, containers::name_of(found.status.state)))
        .with_hint(fmt::format("ocictl stop {}, or rm --force", word));
  }
  if (is_live) TRY(stop_container(engine, found.record, found.status, how.patience_s));
  const Result<UniqueFd> lock = engine.store.lock(found.record.id);
  if (!lock) return {};  // its --rm was faster
  TRY(containers::clean_up(engine, found.record));
  // podman's rm takes anonymous volumes only with -v.
  return containers::remove(engine, found.record, how.volumes);
}

namespace {

Result<int> rm(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  if (line.words().empty() && !line.flag("all") && !line.flag("latest") && line.flag("ignore")) {
    return 0;
  }
  const std::vector<std::string> words = TRY(chosen_containers(all, line));
  const bool excuses_unknown = line.flag("ignore") || line.flag("force");
  RmOptions how{.force = line.flag("force"), .volumes = line.flag("volumes"), .patience_s = {}};
  if (line.has("time")) {
    how.patience_s = static_cast<unsigned>(std::atoi(line.value("time").c_str()));
  }
  return remove_each(words, false, [&](const std::string& word) -> Result<> {
    const Result<> removed = remove_container(all, word, how);
    const bool is_unknown = !removed && removed.error().kind == ErrorKind::NotFound;
    if (!removed && !(is_unknown && excuses_unknown)) return removed;
    return print(word + '\n');
  });
}

// Nothing if it isn't to be removed, or is in somebody's hands.
Result<std::optional<uint64_t>> prune_one(Containers& all, const Containers::Found& found) {
  const containers::Engine engine = TRY(all.engine(found.record));
  const std::optional<UniqueFd> lock = engine.store.try_lock(found.record.id);
  if (!lock) return std::optional<uint64_t>();
  // It may have been started since we looked.
  const State state = TRY(all.status(found.record)).state;
  if (state != State::Exited && state != State::Created) return std::optional<uint64_t>();
  TRY(containers::clean_up(engine, found.record));
  const std::vector<uint64_t> sizes = TRY(containers::sizes_below(
      engine.store.roots().store, {"containers/" + found.record.id + "/upper"}));
  TRY(containers::remove(engine, found.record, false));
  return std::optional<uint64_t>(sizes.front());
}

}  // namespace

Result<Pruned> prune_containers(Containers& all, const std::vector<std::string>& filters) {
  constexpr int64_t kPerSecond = 1'000'000'000;
  Pruned pruned;
  for (const Containers::Found& found : TRY(all.all())) {
    const model::Record& record = found.record;
    if (!TRY(passes_prunes(filters, record.labels, record.created_ns / kPerSecond))) continue;
    if (found.status.state != State::Exited && found.status.state != State::Created) continue;
    const std::optional<uint64_t> bytes = TRY(prune_one(all, found));
    if (!bytes) continue;
    pruned.bytes += *bytes;
    pruned.names.push_back(record.id);
  }
  return pruned;
}

namespace {

Result<int> prune(Context& context, const Line& line) {
  if (!line.flag("force") &&
      !TRY(is_agreed("WARNING! This will remove all non running containers.")))
    return 0;
  Containers all = TRY(Containers::open(context));
  for (const std::string& id : TRY(prune_containers(all, line.values("filter"))).names) {
    TRY(print(id + '\n'));
  }
  return 0;
}

Result<int> exists(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const Result<model::Record> found = all.store().find(line.words().front());
  if (found) return 0;
  if (found.error().kind == ErrorKind::NotFound) return kUnknownStatus;
  return found.error();
}

Result<int> rename(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::string& name = line.words().back();
  if (!containers::is_name(name)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("{}: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*", name));
  }
  const model::Record found = TRY(all.store().find(line.words().front()));
  const UniqueFd lock = TRY(all.store().lock(found.id));
  model::Record record = TRY(all.store().load(found.id));
  TRY(all.store().rename(record, name));
  return 0;
}

// Runs in: the exit command of a monitor, which is our parent.
Result<int> cleanup(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const Result<model::Record> record = all.store().load(line.words().front());
  if (!record) return 0;  // it went with its end
  TRY(containers::finish(TRY(all.engine(*record)), record->id, ::getppid()));
  return 0;
}

}  // namespace

const Verb kRm = {.name = "rm",
                  .words = "CONTAINER [CONTAINER...]",
                  .help = "remove containers",
                  .options = kRmOptions,
                  .run = rm};
const Verb kContainerPrune = {.name = "container prune",
                              .words = "",
                              .help = "remove all containers that don't run",
                              .options = kPruneOptions,
                              .most_words = 0,
                              .run = prune};
const Verb kContainerExists = {.name = "container exists",
                               .words = "CONTAINER",
                               .help = "exit with 0 if there is such a container, else with 1",
                               .options = kExistsOptions,
                               .fewest_words = 1,
                               .most_words = 1,
                               .run = exists};
const Verb kRename = {.name = "rename",
                      .words = "CONTAINER NAME",
                      .help = "give a container another name",
                      .options = {},
                      .fewest_words = 2,
                      .most_words = 2,
                      .run = rename};
const Verb kContainerCleanup = {.name = "container cleanup",
                                .words = "CONTAINER",
                                .help = "what the monitor calls at a container's end",
                                .options = {},
                                .fewest_words = 1,
                                .most_words = 1,
                                .run = cleanup};

}  // namespace ocirt::frontend
