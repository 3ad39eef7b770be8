// ocictl history: how an image came to be.
#include <fmt/core.h>
#include <time.h>

#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 5> kOptions = {{
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "human",
     .short_name = 'H',
     .value_name = "",
     .help = "sizes and ages for people (true)"},
    {.name = "no-trunc", .value_name = "", .help = "whole commands"},
    {.name = "platform", .value_name = "OS/ARCH[/VARIANT]", .help = "the image for this platform"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "only ids"},
}};

struct Step {
  std::string id;  // of the image, for its last step
  std::string created;
  std::string created_by;
  std::string comment;
  uint64_t size = 0;
};

std::string string_in(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

// The newest first.
Result<std::vector<Step>> steps_of(const Context& context, const images::ImageRecord& image) {
  const Json config =
      Json::parse(TRY(context.store_of(image).read_document(image.id, "config")), nullptr, false);
  std::vector<Step> steps;
  size_t layer = 0;
  const Json history =
      config.is_object() && config.contains("history") ? Json(config["history"]) : Json::array();
  for (const Json& entry : history) {
    Step step{.created = string_in(entry, "created"),
              .created_by = string_in(entry, "created_by"),
              .comment = string_in(entry, "comment")};
    const bool empty = entry.contains("empty_layer") && entry["empty_layer"] == true;
    if (!empty && layer < image.layers.size()) step.size = image.layers[layer++].tar_size;
    steps.insert(steps.begin(), std::move(step));
  }
  if (steps.empty()) {
    for (const images::LayerRecord& each : image.layers) {
      steps.insert(steps.begin(), {.created = image.created, .size = each.tar_size});
    }
  }
  for (size_t i = 0; i < steps.size(); ++i) steps[i].id = i == 0 ? image.id : "<missing>";
  return steps;
}

std::string shorten(const std::string& text, size_t most, bool whole) {
  return whole || text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

Result<int> run(Context& context, const Line& line) {
  const Found found = TRY(find_for_platform(context, line, line.words()[0]));
  const std::vector<Step> steps = TRY(steps_of(context, found.image));
  const bool whole = line.flag("no-trunc");
  const bool human = line.flag("human", true);
  constexpr size_t kShortId = 12;
  constexpr size_t kShortCommand = 45;
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows = {{"ID", "CREATED", "CREATED BY", "SIZE", "COMMENT"}};
  std::string ids;
  for (const Step& step : steps) {
    const std::string id = whole || step.id == "<missing>" ? step.id : step.id.substr(0, kShortId);
    const std::string age = human_duration(::time(nullptr) - parse_time(step.created)) + " ago";
    const int64_t moment = parse_time(step.created);
    list.push_back({{"id", step.id},
                    {"created", step.created},
                    {"CreatedBy", step.created_by},
                    {"size", step.size}});
    if (!step.comment.empty()) list.back()["comment"] = step.comment;
    list.back()["Created"] = print_time(moment);
    rows.push_back({id, human ? age : print_time(moment),
                    shorten(step.created_by, kShortCommand, whole), human_size(step.size),
                    step.comment});
    ids += id + '\n';
  }
  if (line.flag("quiet")) {
    TRY(print(ids));
  } else if (line.has("format") && is_json_format(line.value("format"))) {
    TRY(print(list.dump() + '\n'));
  } else if (line.has("format")) {
    std::vector<Json> fields;
    for (size_t i = 0; i < steps.size(); ++i) {
      fields.push_back({{"ID", rows[i + 1][0]},
                        {"Created", rows[i + 1][1]},
                        {"CreatedSince", rows[i + 1][1]},
                        {"CreatedAt", go_time(parse_time(steps[i].created))},
                        {"CreatedBy", rows[i + 1][2]},
                        {"Size", rows[i + 1][3]},
                        {"Comment", steps[i].comment},
                        {"Tags", Json::array()}});
    }
    const Json titles = {{"ID", "ID"},
                         {"Created", "CREATED"},
                         {"CreatedSince", "CREATED"},
                         {"CreatedAt", "CREATED AT"},
                         {"CreatedBy", "CREATED BY"},
                         {"Size", "SIZE"},
                         {"Comment", "COMMENT"},
                         {"Tags", "TAGS"}};
    TRY(print(TRY(print_formatted(line.value("format"), titles, fields))));
  } else {
    TRY(print(print_table(rows)));
  }
  return 0;
}

}  // namespace

const Verb kHistory = {.name = "history",
                       .words = "IMAGE",
                       .help = "show how an image came to be",
                       .options = kOptions,
                       .fewest_words = 1,
                       .most_words = 1,
                       .run = run};

}  // namespace ocirt::frontend
