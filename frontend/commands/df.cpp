// ocictl system df: what the disk is used for.
#include <fmt/core.h>
#include <time.h>

#include <array>
#include <map>

#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/image_filter.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "verbose", .short_name = 'v', .value_name = "", .help = "each image"},
}};

// How many images have a layer, and how large it is.
struct LayerUse {
  uint64_t bytes = 0;
  int images = 0;
};
using LayerUses = std::map<std::string, LayerUse>;

LayerUses count_layers(const std::vector<images::ImageRecord>& all) {
  LayerUses uses;
  for (const images::ImageRecord& image : all) {
    std::map<std::string, uint64_t> own;  // an image may have a layer twice
    for (const images::LayerRecord& layer : image.layers) own[layer.diff_id] = layer.file_bytes;
    for (const auto& [diff_id, bytes] : own) {
      uses[diff_id].bytes = bytes;
      ++uses[diff_id].images;
    }
  }
  return uses;
}

Json line_of(const char* type, size_t total, uint64_t bytes) {
  return {{"Type", type},
          {"Total", total},
          {"Active", 0},
          {"RawSize", bytes},
          {"RawReclaimable", bytes},
          {"Size", compact_size(bytes)},
          {"Reclaimable", fmt::format("{} ({}%)", compact_size(bytes), bytes == 0 ? 0 : 100)}};
}

std::vector<Json> lines_of(const Context& context) {
  const std::vector<images::ImageRecord> all = context.images();
  uint64_t bytes = 0;
  for (const auto& [diff_id, use] : count_layers(all)) bytes += use.bytes;
  const std::vector<PartialLayer> partial = partial_layers(context.store());
  uint64_t waiting = 0;
  for (const PartialLayer& layer : partial) waiting += layer.spooled;
  return {line_of("Images", all.size(), bytes), line_of("Partial Layers", partial.size(), waiting)};
}

Result<> print_verbose(const Context& context) {
  const std::vector<images::ImageRecord> all = context.images();
  const LayerUses uses = count_layers(all);
  std::vector<std::vector<std::string>> rows = {{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE",
                                                 "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"}};
  for (const images::ImageRecord& image : all) {
    uint64_t shared = 0;
    uint64_t unique = 0;
    for (const images::LayerRecord& layer : image.layers) {
      const LayerUse& use = uses.at(layer.diff_id);
      (use.images > 1 ? shared : unique) += use.bytes;
    }
    std::vector<std::string> names;
    for (const images::NameRecord& name : context.names()) {
      if (name.image == image.id) names.push_back(name.name);
    }
    if (names.empty()) names.emplace_back("<none>:<none>");
    for (const std::string& name : names) {
      const size_t colon = name.rfind(':');
      constexpr size_t kShortId = 12;
      rows.push_back({name.substr(0, colon), name.substr(colon + 1), image.id.substr(0, kShortId),
                      human_duration(::time(nullptr) - parse_time(image.created)),
                      compact_size(shared + unique), compact_size(shared), compact_size(unique),
                      "0"});
    }
  }
  return print("Images space usage:\n\n" + print_table(rows));
}

Result<int> run(Context& context, const Line& line) {
  if (line.flag("verbose")) {
    if (line.has("format")) {
      return make_error(ErrorKind::InvalidConfig, "cannot combine --format and --verbose flags");
    }
    TRY(print_verbose(context));
    return 0;
  }
  const std::vector<Json> lines = lines_of(context);
  const std::string format = line.has("format") ? line.value("format")
                                                : "table {{.Type}}\t{{.Total}}\t{{.Active}}\t"
                                                  "{{.Size}}\t{{.Reclaimable}}";
  if (is_json_format(format)) {
    constexpr int kIndent = 4;
    TRY(print(Json(lines).dump(kIndent) + '\n'));
    return 0;
  }
  const Json titles = {{"Type", "TYPE"},
                       {"Total", "TOTAL"},
                       {"Active", "ACTIVE"},
                       {"RawSize", "RAW SIZE"},
                       {"Size", "SIZE"},
                       {"RawReclaimable", "RAW RECLAIMABLE"},
                       {"Reclaimable", "RECLAIMABLE"}};
  TRY(print(TRY(print_formatted(format, titles, lines))));
  return 0;
}

}  // namespace

const Verb kSystemDf = {.name = "system df",
                        .help = "show what the disk is used for",
                        .options = kOptions,
                        .most_words = 0,
                        .run = run};

}  // namespace ocirt::frontend
