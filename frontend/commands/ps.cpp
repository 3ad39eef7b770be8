// ocictl ps: lists containers.
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "frontend/commands/container_fields.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

using Found = Containers::Found;
using containers::State;

constexpr std::array<Option, 13> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "also those that don't run"},
    {.name = "external", .value_name = "", .help = "accepted and ignored: there are no others"},
    {.name = "filter",
     .short_name = 'f',
     .value_name = "KEY=VALUE",
     .help = "only those: id, name, label, status, ancestor, exited, volume, network"},
    {.name = "format", .value_name = "FORMAT", .help = "json, table or a Go template"},
    {.name = "last", .short_name = 'n', .value_name = "N", .help = "the N newest"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest"},
    {.name = "no-trunc", .value_name = "", .help = "whole ids and commands"},
    {.name = "noheading", .value_name = "", .help = "without the line of titles"},
    {.name = "pod", .short_name = 'p', .value_name = "", .help = "accepted: there are no pods"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "only ids"},
    {.name = "size", .short_name = 's', .value_name = "", .help = "not supported"},
    {.name = "sort", .value_name = "KEY", .help = "created, command, id, image, names or status"},
    {.name = "sync", .value_name = "", .help = "accepted: states are always found out"},
}};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool has_label(const model::Record& record, const std::string& wanted) {
  const size_t equals = wanted.find('=');
  const auto found = record.labels.find(wanted.substr(0, equals));
  if (found == record.labels.end()) return false;
  return equals == std::string::npos || found->second == wanted.substr(equals + 1);
}

bool has_volume(const model::Record& record, const std::string& wanted) {
  const auto matches = [&](const model::RequestedMount& mount) {
    return mount.source == wanted || mount.destination == wanted;
  };
  return std::any_of(record.mounts.begin(), record.mounts.end(), matches);
}

bool is_of_image(const model::Record& record, const std::string& wanted) {
  const std::string tagged = contains(wanted, ":") ? wanted : wanted + ":latest";
  return record.image.starts_with(wanted) || record.image_name == tagged ||
         record.image_name.ends_with('/' + tagged);
}

Result<bool> matches(const Found& found, const std::string& key, const std::string& value) {
  const model::Record& record = found.record;
  if (key == "id") return record.id.starts_with(value);
  if (key == "name") return contains(record.name, value);
  if (key == "label") return has_label(record, value);
  if (key == "ancestor") return is_of_image(record, value);
  if (key == "volume") return has_volume(record, value);
  if (key == "network") return record.network == value;
  if (key == "status") {
    const std::string wanted = value == "stopped" ? "exited" : value;
    return containers::name_of(found.status.state) == wanted;
  }
  if (key == "exited") {
    return found.status.state == State::Exited && std::to_string(exit_code(found.status)) == value;
  }
  return make_error(ErrorKind::InvalidConfig, fmt::format("--filter: \"{}\" is not known", key));
}

// Filters of one key are alternatives, but labels; those of different keys must all match.
Result<bool> passes(const Found& found, const std::vector<std::string>& filters) {
  std::map<std::string, bool> by_key;
  for (const std::string& filter : filters) {
    const size_t equals = filter.find('=');
    if (equals == std::string::npos) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--filter \"{}\": KEY=VALUE is wanted", filter));
    }
    const std::string key = filter.substr(0, equals);
    const bool matched = TRY(matches(found, key, filter.substr(equals + 1)));
    const auto [entry, is_first] = by_key.emplace(key, matched);
    if (is_first) continue;
    entry->second = key == "label" ? entry->second && matched : entry->second || matched;
  }
  return std::all_of(by_key.begin(), by_key.end(), [](const auto& entry) { return entry.second; });
}

void sort_by(std::vector<Found>& all, const std::string& key) {
  const auto is_before = [&](const Found& left, const Found& right) {
    if (key == "id") return left.record.id < right.record.id;
    if (key == "image") return left.record.image_name < right.record.image_name;
    if (key == "names") return left.record.name < right.record.name;
    if (key == "command") return left.record.args < right.record.args;
    if (key == "status") return left.status.state < right.status.state;
    return left.record.created_ns < right.record.created_ns;
  };
  // As a rule they are: to move a record takes about as long as to read one.
  if (std::is_sorted(all.begin(), all.end(), is_before)) return;
  std::stable_sort(all.begin(), all.end(), is_before);
}

Result<std::vector<Found>> choose(Containers& containers, const Line& line) {
  const std::vector<std::string> filters = line.values("filter");
  const bool by_state = std::any_of(filters.begin(), filters.end(), [](const std::string& filter) {
    return filter.starts_with("status=") || filter.starts_with("exited=");
  });
  const bool newest = line.flag("latest") || line.has("last");
  const bool all = line.flag("all") || by_state || newest;
  std::vector<Found> chosen;
  for (Found& found : TRY(containers.all())) {
    const State state = found.status.state;
    if (!all && state != State::Running && state != State::Paused) continue;
    if (TRY(passes(found, filters))) chosen.push_back(std::move(found));
  }
  if (newest) {
    const int most = line.flag("latest") ? 1 : std::atoi(line.value("last").c_str());
    if (most > 0 && chosen.size() > static_cast<size_t>(most)) {
      chosen.erase(chosen.begin(), chosen.end() - most);
    }
  }
  sort_by(chosen, line.value("sort"));
  return chosen;
}

std::string table(const std::vector<Found>& found, const Line& line) {
  std::vector<std::vector<std::string>> cells;
  if (!line.flag("noheading")) {
    cells.push_back({"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"});
  }
  const bool whole = line.flag("no-trunc");
  for (const Found& each : found) {
    cells.push_back({whole ? each.record.id : containers::short_id(each.record.id),
                     each.record.image_name.empty() ? each.record.rootfs : each.record.image_name,
                     command_text(each.record, whole), created_text(each.record),
                     status_text(each.status), ports_text(each.record), each.record.name});
  }
  return print_table(cells);
}

// What templates may name, and their titles.
Json titles() {
  return {{"ID", "CONTAINER ID"},   {"Image", "IMAGE"},
          {"ImageID", "IMAGE ID"},  {"Command", "COMMAND"},
          {"CreatedAt", "CREATED"}, {"CreatedHuman", "CREATED"},
          {"Created", "CREATED"},   {"RunningFor", "CREATED"},
          {"Status", "STATUS"},     {"State", "STATE"},
          {"Pid", "PID"},           {"Ports", "PORTS"},
          {"Names", "NAMES"},       {"Labels", "LABELS"},
          {"Mounts", "MOUNTS"},     {"ExitCode", "EXITCODE"},
          {"Networks", "NETWORKS"}, {"Exited", "EXITED"},
          {"Size", "SIZE"},         {"Restarts", "RESTARTS"}};
}

Json fields(const Found& found, bool whole) {
  const model::Record& record = found.record;
  Json labels = Json::object();
  for (const auto& [key, value] : record.labels) labels[key] = value;
  return {{"ID", whole ? record.id : containers::short_id(record.id)},
          {"Image", record.image_name},
          {"ImageID", containers::short_id(record.image)},
          {"Command", command_text(record, whole)},
          {"CreatedAt", print_time(record.created_ns / 1'000'000'000)},
          {"CreatedHuman", created_text(record)},
          {"Created", record.created_ns / 1'000'000'000},
          {"RunningFor", created_text(record)},
          {"Status", status_text(found.status)},
          {"State", containers::name_of(found.status.state)},
          {"Pid", found.status.pid},
          {"Ports", ports_text(record)},
          {"Names", record.name},
          {"Labels", labels},
          {"Mounts", mounted_at(record)},
          {"ExitCode", exit_code(found.status)},
          {"Exited", found.status.state == State::Exited},
          {"Networks", record.network},
          {"Restarts", record.restarts},
          {"Size", ""}};
}

// As `podman ps --format json`.
Json json_of(const std::vector<Found>& found) {
  Json list = Json::array();
  for (const Found& each : found) {
    Json item = {{"AutoRemove", each.record.request.remove},
                 {"Command", each.record.args},
                 {"CreatedAt", created_text(each.record)},
                 {"Exited", each.status.state == State::Exited},
                 {"ExitedAt", exited_at(each.status)},
                 {"ExitCode", exit_code(each.status)},
                 {"Id", each.record.id},
                 {"Image", each.record.image_name},
                 {"ImageID", each.record.image},
                 {"IsInfra", false},
                 {"Labels", each.record.labels.empty() ? Json() : Json(each.record.labels)},
                 {"Mounts", mounted_at(each.record)},
                 {"Names", Json::array({each.record.name})},
                 {"Namespaces", Json::object()},
                 {"Networks", Json::array({each.record.network})},
                 {"Pid", each.status.pid},
                 {"Pod", ""},
                 {"PodName", ""},
                 {"Ports", json_ports(each.record)},
                 {"Size", nullptr},
                 {"StartedAt", started_at(each.status)},
                 {"State", containers::name_of(each.status.state)},
                 {"Status", status_text(each.status)},
                 {"Created", each.record.created_ns / 1'000'000'000}};
    list.push_back(std::move(item));
  }
  return list;
}

Result<std::string> formatted(const std::vector<Found>& found, const Line& line) {
  std::string format = line.value("format");
  const bool as_table = format.starts_with("table ");
  if (as_table) format.erase(0, 6);
  std::string text;
  if (as_table && !line.flag("noheading")) text += TRY(render_template(format, titles())) + '\n';
  for (const Found& each : found) {
    text += TRY(render_template(format, fields(each, line.flag("no-trunc")))) + '\n';
  }
  return as_table ? print_tabbed(text) : text;
}

Result<int> run(Context& context, const Line& line) {
  if (line.flag("size")) {
    return make_error(ErrorKind::Unsupported, "ps --size is not supported")
        .with_hint("ocictl system df");
  }
  Containers containers = TRY(Containers::open(context));
  const std::vector<Found> found = TRY(choose(containers, line));
  if (line.has("format") && is_json_format(line.value("format"))) {
    TRY(print(json_of(found).dump(4) + '\n'));
  } else if (line.flag("quiet")) {
    std::string ids;
    for (const Found& each : found) {
      ids += (line.flag("no-trunc") ? each.record.id : containers::short_id(each.record.id)) + '\n';
    }
    TRY(print(ids));
  } else if (line.has("format") && line.value("format") != "table") {
    TRY(print(TRY(formatted(found, line))));
  } else {
    TRY(print(table(found, line)));
  }
  return 0;
}

}  // namespace

const Verb kPs = {.name = "ps",
                  .words = "",
                  .help = "list containers",
                  .options = kOptions,
                  .most_words = 0,
                  .run = run};

}  // namespace ocirt::frontend
