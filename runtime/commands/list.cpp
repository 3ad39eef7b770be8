// ocirt list: all containers below the state root.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "runtime/commands/container_json.h"
#include "runtime/commands/output.h"
#include "runtime/commands/user_name.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "table or json"},
    {.name = "quiet", .short_name = 'q', .help = "only the ids"},
}};

struct Entry {
  store::State state;
  stages::Status status;
};

Result<std::vector<Entry>> entries(const HostPath& root) {
  std::vector<Entry> list;
  const store::Listing listing = TRY(store::list(root));
  list.reserve(listing.ids.size());
  for (const std::string& id : listing.ids) {
    Result<store::Found> found = store::find(listing.root.get(), id);
    if (!found) continue;  // deleted while we looked, or not a container
    const stages::Status status = stages::status_of(*found);
    list.push_back({std::move(found->state), status});
  }
  return list;
}

std::string table(const std::vector<Entry>& list) {
  UserNames users;
  constexpr size_t kColumns = 6;
  using Row = std::array<std::string, kColumns>;
  std::vector<Row> rows = {{"ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"}};
  for (const Entry& entry : list) {
    const bool stopped = entry.status == stages::Status::Stopped;
    rows.push_back({entry.state.id, fmt::format("{}", stopped ? 0 : entry.state.pid),
                    std::string(stages::name_of(entry.status)), entry.state.bundle,
                    entry.state.created, users.name_of(entry.state.owner)});
  }
  // As runc's: columns of at least 12 characters, 3 between them.
  constexpr size_t kNarrowest = 12;
  constexpr size_t kGap = 3;
  std::array<size_t, kColumns> widths{};
  widths.fill(kNarrowest);
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size() + kGap);
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < kColumns; ++i) {
      text += row[i];
      text.append(widths[i] - row[i].size(), ' ');
    }
    text += row[kColumns - 1] + "\n";
  }
  return text;
}

std::string json_array(const std::vector<Entry>& list) {
  UserNames users;
  JsonWriter json;
  json.begin_array();
  for (const Entry& entry : list) {
    write_container(json, entry.state, entry.status, users.name_of(entry.state.owner));
  }
  json.end_array();
  return std::move(json).take() + "\n";
}

Result<int> list(const Globals& globals, const ParsedLine& line) {
  const std::string format = line.value("format", "table");
  if (format != "table" && format != "json") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--format is table or json, not \"{}\"", format));
  }
  const std::vector<Entry> found = TRY(entries(globals.root));
  if (line.flag("quiet")) {
    std::string ids;
    for (const Entry& entry : found) ids += entry.state.id + "\n";
    TRY(print(ids));
    return 0;
  }
  TRY(print(format == "json" ? json_array(found) : table(found)));
  return 0;
}

}  // namespace

const Verb kList = {.name = "list",
                    .words = "",
                    .help = "list the containers",
                    .options = kOptions,
                    .fewest_words = 0,
                    .most_words = 0,
                    .run = list};

}  // namespace ocirt::commands
