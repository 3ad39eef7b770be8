// ocictl images: lists what is in the store.
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/image_filter.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 10> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "accepted: there are no others"},
    {.name = "digests", .value_name = "", .help = "show digests"},
    {.name = "filter",
     .short_name = 'f',
     .value_name = "KEY=VALUE",
     .help =
         "only those: dangling, reference, before, since, until, label, id, readonly, containers, "
         "intermediate"},
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "history", .value_name = "", .help = "show all names of each image"},
    {.name = "noheading",
     .short_name = 'n',
     .value_name = "",
     .help = "without the line of titles"},
    {.name = "no-trunc", .value_name = "", .help = "whole ids"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "only ids"},
    {.name = "sort", .value_name = "KEY", .help = "created, id, repository, size or tag (created)"},
    {.name = "partial", .value_name = "", .help = "pulls that were cut off"},
}};

// "docker.io/library/httpd:latest" and what it is of.
struct Row {
  images::ImageRecord image;
  std::string repository = "<none>";
  std::string tag = "<none>";
  std::string digest;
  int64_t created = 0;
  std::vector<std::string> names;  // of the image
};

// The names of an image, those given last first.
std::vector<std::string> names_of(const std::vector<images::NameRecord>& names,
                                  const images::ImageRecord& image) {
  std::vector<std::string> of_image;
  for (const images::NameRecord& name : names) {
    if (name.image == image.id) of_image.push_back(name.name);
  }
  return of_image;
}

std::vector<Row> rows_of(const Context& context, const std::vector<images::ImageRecord>& images) {
  const std::vector<images::NameRecord> names = context.names();
  std::vector<Row> rows;
  for (const images::ImageRecord& image : images) {
    bool named = false;
    for (const images::NameRecord& name : names) {
      if (name.image != image.id) continue;
      const size_t colon = name.name.rfind(':');
      rows.push_back({.image = image,
                      .repository = name.name.substr(0, colon),
                      .tag = name.name.substr(colon + 1),
                      .digest = name.digest,
                      .created = parse_time(image.created),
                      .names = names_of(names, image)});
      named = true;
    }
    if (!named) {
      Row row{
          .image = image, .digest = image.manifest_digest, .created = parse_time(image.created)};
      if (!image.repo_digests.empty()) {
        const std::string& digest = image.repo_digests.front();
        row.repository = digest.substr(0, digest.find('@'));
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Result<> sort_rows(std::vector<Row>& rows, const std::string& key) {
  if (key != "created" && key != "id" && key != "repository" && key != "size" && key != "tag") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" is not a valid field for sorting. Choose from: created, "
                                  "id, repository, size, tag",
                                  key));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& left, const Row& right) {
    if (key == "id") return left.image.id < right.image.id;
    if (key == "repository") return left.repository < right.repository;
    if (key == "size") return left.image.size < right.image.size;
    if (key == "tag") return left.tag < right.tag;
    return left.created > right.created;
  });
  return {};
}

std::string shown_id(const Row& row, bool whole) {
  constexpr size_t kShort = 12;
  return whole ? "sha256:" + row.image.id : row.image.id.substr(0, kShort);
}

std::string age(const Row& row) {
  return human_duration(::time(nullptr) - row.created) + " ago";
}

std::string names_text(const Row& row) {
  std::string text;
  for (const std::string& name : row.names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What templates may name.
Json fields_of(const Context& context, const Row& row, bool whole) {
  Json labels = labels_of(context, row.image);
  if (labels.is_null()) labels = Json::object();
  return {{"ID", shown_id(row, whole)},
          {"Id", row.image.id},
          {"Repository", row.repository},
          {"Tag", row.tag},
          {"Digest", row.digest},
          {"Created", age(row)},
          {"CreatedSince", age(row)},
          {"CreatedAt", go_time(row.created)},
          {"Size", human_size(row.image.size)},
          {"VirtualSize", row.image.size},
          {"SharedSize", 0},
          {"Names", row.names},
          {"RepoTags", row.names},
          {"History", names_text(row)},
          {"Dangling", row.names.empty()},
          {"ReadOnly", row.image.read_only},
          {"RepoDigests", row.image.repo_digests},
          {"Containers", 0},
          {"Labels", labels}};
}

// Each image once, with all its names, as `podman images --format json`.
Json json_of(const Context& context, const std::vector<images::ImageRecord>& images) {
  Json list = Json::array();
  for (const images::ImageRecord& image : images) {
    Json names = Json::array();
    for (const images::NameRecord& name : context.names()) {
      if (name.image == image.id) names.push_back(name.name);
    }
    Json item = {{"Id", image.id},
                 {"ParentId", ""},
                 {"RepoTags", nullptr},
                 {"RepoDigests", image.repo_digests},
                 {"Size", image.size},
                 {"SharedSize", 0},
                 {"VirtualSize", image.size},
                 {"Labels", labels_of(context, image)},
                 {"Containers", 0}};
    if (image.read_only) item["ReadOnly"] = true;
    if (names.empty()) item["Dangling"] = true;
    if (!names.empty()) item["Names"] = names;
    item["Digest"] = image.manifest_digest;
    if (!names.empty()) item["History"] = names;
    item["Created"] = parse_time(image.created);
    item["CreatedAt"] = print_time(parse_time(image.created));
    list.push_back(std::move(item));
  }
  return list;
}

std::string table(const std::vector<Row>& rows, const Line& line) {
  const bool any_read_only =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.image.read_only; });
  std::vector<std::vector<std::string>> cells;
  if (!line.flag("noheading")) {
    cells.push_back({"REPOSITORY", "TAG"});
    if (line.flag("digests")) cells.back().emplace_back("DIGEST");
    cells.back().insert(cells.back().end(), {"IMAGE ID", "CREATED", "SIZE"});
    if (line.flag("history")) cells.back().emplace_back("HISTORY");
    if (any_read_only) cells.back().emplace_back("R/O");
  }
  for (const Row& row : rows) {
    cells.push_back({row.repository, row.tag});
    if (line.flag("digests")) cells.back().push_back(row.digest);
    cells.back().insert(cells.back().end(), {shown_id(row, line.flag("no-trunc")), age(row),
                                             human_size(row.image.size)});
    if (line.flag("history")) {
      cells.back().push_back(row.names.empty() ? "<none>" : names_text(row));
    }
    if (any_read_only) cells.back().emplace_back(row.image.read_only ? "true" : "false");
  }
  return print_table(cells);
}

Result<std::string> formatted(const Context& context, const std::vector<Row>& rows,
                              const Line& line) {
  std::string format = line.value("format");
  if (format.starts_with("table ") && line.flag("noheading")) format.erase(0, 6);
  const Json titles = {{"ID", "IMAGE ID"},
                       {"Id", "IMAGE ID"},
                       {"Repository", "REPOSITORY"},
                       {"Tag", "TAG"},
                       {"Digest", "DIGEST"},
                       {"Created", "CREATED"},
                       {"CreatedSince", "CREATED"},
                       {"CreatedAt", "CREATED AT"},
                       {"Size", "SIZE"},
                       {"VirtualSize", "VIRTUAL SIZE"},
                       {"SharedSize", "SHARED SIZE"},
                       {"Names", "NAMES"},
                       {"RepoTags", "REPO TAGS"},
                       {"History", "HISTORY"},
                       {"Dangling", "DANGLING"},
                       {"ReadOnly", "R/O"},
                       {"RepoDigests", "REPO DIGESTS"},
                       {"Containers", "CONTAINERS"},
                       {"Labels", "LABELS"}};
  std::vector<Json> fields;
  for (const Row& row : rows) {
    fields.push_back(fields_of(context, row, line.flag("no-trunc")));
  }
  return print_formatted(format, titles, fields);
}

// The pulls that were cut off, and how much of each layer waits for the next try.
Result<int> print_partial(const Context& context) {
  std::vector<std::vector<std::string>> cells = {{"LAYER", "KEPT"}};
  for (const PartialLayer& layer : partial_layers(context.store())) {
    cells.push_back({layer.name.substr(0, 12), human_size(layer.spooled)});
  }
  TRY(print(print_table(cells)));
  return 0;
}

Result<int> run(Context& context, const Line& line) {
  if (line.flag("partial")) return print_partial(context);
  std::vector<std::string> filters = line.values("filter");
  for (const std::string& word : line.words()) filters.push_back("reference=" + word);
  const std::vector<images::ImageRecord> images = TRY(filter_images(context, filters));
  if (line.has("format") && is_json_format(line.value("format"))) {
    TRY(print(json_of(context, images).dump(4) + '\n'));
    return 0;
  }
  std::vector<Row> rows = rows_of(context, images);
  TRY(sort_rows(rows, line.has("sort") ? line.value("sort") : "created"));
  if (line.flag("quiet")) {
    std::string ids;
    for (const Row& row : rows) {
      const std::string id = shown_id(row, line.flag("no-trunc")) + '\n';
      if (ids.find(id) == std::string::npos) ids += id;
    }
    TRY(print(ids));
  } else if (line.has("format")) {
    TRY(print(TRY(formatted(context, rows, line))));
  } else {
    TRY(print(table(rows, line)));
  }
  return 0;
}

}  // namespace

const Verb kImages = {
    .name = "images", .words = "[NAME]", .help = "list images", .options = kOptions, .run = run};

}  // namespace ocirt::frontend
