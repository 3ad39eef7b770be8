// ocictl volume create, ls, inspect, exists, rm and prune.
#include <fmt/core.h>
#include <sys/random.h>
#include <time.h>

#include <array>
#include <optional>

#include "base/log.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/labels.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/disk_use.h"
#include "frontend/containers/volumes.h"

namespace ocirt::frontend {

namespace {

using containers::Volume;
using containers::Volumes;

constexpr int kEngine = 125;
constexpr int64_t kPerSecond = 1'000'000'000;

constexpr std::array<Option, 4> kCreateOptions = {{
    {.name = "driver", .short_name = 'd', .value_name = "NAME", .help = "local is the only one"},
    {.name = "ignore", .value_name = "", .help = "one that exists is no error"},
    {.name = "label", .short_name = 'l', .value_name = "KEY=VALUE", .help = "kept with it"},
    {.name = "opt", .short_name = 'o', .value_name = "KEY=VALUE", .help = "not supported"},
}};

constexpr std::array<Option, 4> kLsOptions = {{
    {.name = "filter",
     .short_name = 'f',
     .value_name = "KEY=VALUE",
     .help = "only those: name, label, label!, until, driver, dangling"},
    {.name = "format", .value_name = "FORMAT", .help = "json, table or a Go template"},
    {.name = "noheading", .value_name = "", .help = "without the line of titles"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "only names"},
}};

constexpr std::array<Option, 2> kInspectOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all volumes"},
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
}};

constexpr std::array<Option, 2> kRmOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all volumes"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "unknown ones are no error"},
}};

constexpr std::array<Option, 2> kPruneOptions = {{
    {.name = "filter",
     .value_name = "KEY=VALUE",
     .help = "only those: label, label!, until, name, driver"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "don't ask"},
}};

int64_t now_ns() {
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);  // the real-time clock is always there
  return now.tv_sec * kPerSecond + now.tv_nsec;
}

std::string random_name() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) < 0) return {};  // never for so few
  std::string name;
  for (const unsigned char byte : bytes) name += fmt::format("{:02x}", byte);
  return name;
}

// "2026-11-24T00:28:25.255844919Z"
std::string time_text(int64_t ns) {
  std::string text = print_time(ns / kPerSecond);
  text.insert(text.size() - 1, fmt::format(".{:09}", ns % kPerSecond));
  return text;
}

Json inspect(const Volumes& volumes, const Volume& volume) {
  Json json = {{"Name", volume.name},
               {"Driver", volume.driver},
               {"Mountpoint", volumes.data(volume.name)},
               {"CreatedAt", time_text(volume.created_ns)},
               {"Labels", json_of(volume.labels)},
               {"Scope", "local"},
               {"Options", json_of(volume.options)}};
  if (volume.anonymous) json["Anonymous"] = true;
  json["MountCount"] = 0;
  if (volume.needs_copy_up) json["NeedsCopyUp"] = true;
  return json;
}

Volumes volumes_of(const Context& context) {
  return Volumes(context.store().root());
}

Result<int> create(Context& context, const Line& line) {
  if (line.has("driver") && line.value("driver") != "local") {
    return make_error(
        ErrorKind::Unsupported,
        fmt::format("volume driver \"{}\": only \"local\" is known", line.value("driver")));
  }
  if (line.has("opt")) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("volume create --opt {}: volumes are directories of the store",
                                  line.value("opt")))
        .with_hint("mount it where you want it, and use -v /PATH:/DESTINATION");
  }
  const Volumes volumes = volumes_of(context);
  const Volume volume{.name = line.words().empty() ? random_name() : line.words().front(),
                      .created_ns = now_ns(),
                      .labels = parse_labels(line.values("label"))};
  Result<> created = volumes.create(volume);
  const bool exists = !created && created.error().kind == ErrorKind::AlreadyExists;
  if (exists && line.flag("ignore")) created = {};
  if (!created) return created.error();
  TRY(print(volume.name + '\n'));
  return 0;
}

Result<bool> passes(const Volume& volume, const std::vector<std::string>& filters,
                    const std::vector<model::Record>& records) {
  for (const std::string& text : filters) {
    const Filter filter = TRY(parse_filter(text));
    bool matches = false;
    if (filter.key == "name") {
      matches = volume.name.find(filter.value) != std::string::npos;
    } else if (filter.key == "driver") {
      matches = volume.driver == filter.value;
    } else if (filter.key == "dangling") {
      matches = containers::users_of(volume, records).empty() == (filter.value == "true");
    } else {
      const std::optional<bool> known =
          TRY(passes_prune(filter, volume.labels, volume.created_ns / kPerSecond));
      if (!known) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("--filter: \"{}\" is not known", filter.key));
      }
      matches = *known;
    }
    if (!matches) return false;
  }
  return true;
}

Result<int> ls(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  const Volumes volumes = volumes_of(context);
  const std::vector<model::Record> records = all.store().list();
  std::vector<Json> rows;
  for (const Volume& volume : volumes.list()) {
    if (TRY(passes(volume, line.values("filter"), records))) {
      rows.push_back(inspect(volumes, volume));
    }
  }
  const std::string format = line.flag("quiet") ? "{{.Name}}" : line.value("format");
  if (is_json_format(format)) {
    TRY(print(Json(rows).dump(2) + '\n'));
    return 0;
  }
  if (!format.empty()) {
    TRY(print(TRY(print_formatted(format, {{"Name", "VOLUME NAME"}, {"Driver", "DRIVER"}}, rows))));
    return 0;
  }
  if (rows.empty()) return 0;
  std::vector<std::vector<std::string>> cells;
  if (!line.flag("noheading")) cells.push_back({"DRIVER", "VOLUME NAME"});
  for (const Json& row : rows) cells.push_back({row["Driver"], row["Name"]});
  TRY(print(print_table(cells)));
  return 0;
}

// The words, or with --all every volume.
Result<std::vector<std::string>> chosen(const Volumes& volumes, const Line& line) {
  if (line.flag("all") == line.words().empty()) {
    if (!line.flag("all")) return line.words();
    std::vector<std::string> names;
    for (const Volume& volume : volumes.list()) names.push_back(volume.name);
    return names;
  }
  return make_error(ErrorKind::InvalidConfig, "choose either one or more volumes or all");
}

Result<int> show(Context& context, const Line& line) {
  const Volumes volumes = volumes_of(context);
  constexpr int kIndent = 5;  // as podman has it
  std::vector<Json> found;
  int status = 0;
  for (const std::string& word : TRY(chosen(volumes, line))) {
    const Result<Volume> volume = volumes.find(word);
    if (volume) {
      found.push_back(inspect(volumes, *volume));
      continue;
    }
    log_error(volume.error());
    status = kEngine;
  }
  const std::string format = line.value("format");
  if (format.empty() || is_json_format(format)) {
    TRY(print(Json(found).dump(kIndent) + '\n'));
  } else {
    TRY(print(TRY(print_formatted(format, {}, found))));
  }
  return status;
}

Result<int> exists(Context& context, const Line& line) {
  return volumes_of(context).load(line.words().front()) ? 0 : kUnknownStatus;
}

Result<> remove_one(const Volumes& volumes, const std::string& word,
                    const std::vector<model::Record>& records) {
  const Volume volume = TRY(volumes.find(word));
  const std::vector<std::string> users = containers::users_of(volume, records);
  if (!users.empty()) {
    std::string list;
    for (const std::string& id : users) list += (list.empty() ? "" : ", ") + id;
    return make_error(ErrorKind::BadState,
                      fmt::format("volume {} is being used by the following container(s): {}: "
                                  "volume is being used",
                                  volume.name, list))
        .with_hint("remove these first: ocictl rm CONTAINER");
  }
  return volumes.remove(volume.name);
}

Result<int> rm(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  const Volumes volumes = volumes_of(context);
  const std::vector<model::Record> records = all.store().list();
  const std::vector<std::string> words = TRY(chosen(volumes, line));
  return remove_each(words, line.flag("force"), [&](const std::string& word) -> Result<> {
    TRY(remove_one(volumes, word, records));
    return print(word + '\n');
  });
}

Result<std::vector<Volume>> unused_volumes(const Containers& all,
                                           const std::vector<std::string>& filters) {
  const std::vector<model::Record> records = all.store().list();
  std::vector<Volume> unused;
  for (Volume& volume : Volumes(all.store().roots().store).list()) {
    if (!containers::users_of(volume, records).empty()) continue;
    if (TRY(passes(volume, filters, records))) unused.push_back(std::move(volume));
  }
  return unused;
}

}  // namespace

Result<Pruned> prune_volumes(const Containers& all, const std::vector<std::string>& filters) {
  const std::string& root = all.store().roots().store;
  const Volumes volumes(root);
  Pruned pruned;
  for (const Volume& volume : TRY(unused_volumes(all, filters))) {
    const std::string data = "volumes/" + volume.name + "/data";
    const uint64_t bytes = TRY(containers::sizes_below(root, {data})).front();
    TRY(volumes.remove(volume.name));
    pruned.bytes += bytes;
    pruned.names.push_back(volume.name);
  }
  return pruned;
}

namespace {

Result<int> prune(Context& context, const Line& line) {
  const Containers all = TRY(Containers::open(context));
  const std::vector<std::string> filters = line.values("filter");
  if (!line.flag("force")) {
    const std::vector<Volume> unused = TRY(unused_volumes(all, filters));
    if (unused.empty()) {
      TRY(print("No dangling volumes found\n"));
      return 0;
    }
    std::string warning =
        "WARNING! This will remove all volumes not used by at least one container. The following "
        "volumes will be removed:";
    for (const Volume& volume : unused) warning += '\n' + volume.name;
    if (!TRY(is_agreed(warning))) return 0;
  }
  for (const std::string& name : TRY(prune_volumes(all, filters)).names) TRY(print(name + '\n'));
  return 0;
}

}  // namespace

const Verb kVolumeCreate = {.name = "volume create",
                            .words = "[NAME]",
                            .help = "make a volume",
                            .options = kCreateOptions,
                            .most_words = 1,
                            .run = create};

const Verb kVolumeLs = {.name = "volume ls",
                        .words = "",
                        .help = "list volumes",
                        .options = kLsOptions,
                        .most_words = 0,
                        .run = ls};

const Verb kVolumeInspect = {.name = "volume inspect",
                             .words = "VOLUME [VOLUME...]",
                             .help = "show all that is known of volumes",
                             .options = kInspectOptions,
                             .run = show};

const Verb kVolumeExists = {.name = "volume exists",
                            .words = "VOLUME",
                            .help = "say by the exit code whether there is such a volume",
                            .options = {},
                            .fewest_words = 1,
                            .most_words = 1,
                            .run = exists};

const Verb kVolumeRm = {.name = "volume rm",
                        .words = "VOLUME [VOLUME...]",
                        .help = "remove volumes that no container uses",
                        .options = kRmOptions,
                        .run = rm};

const Verb kVolumePrune = {.name = "volume prune",
                           .words = "",
                           .help = "remove all volumes that no container uses",
                           .options = kPruneOptions,
                           .most_words = 0,
                           .run = prune};

}  // namespace ocirt::frontend
