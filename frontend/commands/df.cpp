// ocictl system df: what the disk is used for.
#include <fmt/core.h>
#include <time.h>

#include <array>
#include <map>

#include "frontend/commands/container_fields.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/image_filter.h"
#include "frontend/commands/image_users.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/disk_use.h"
#include "frontend/containers/volumes.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "verbose",
     .short_name = 'v',
     .value_name = "",
     .help = "each image, container and volume"},
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

// What could be had back of `bytes` is in no use.
Json line_of(const char* type, size_t total, size_t active, uint64_t bytes, uint64_t unused) {
  constexpr uint64_t kWhole = 100;
  const uint64_t percent = bytes == 0 ? 0 : (unused * kWhole + bytes / 2) / bytes;
  return {{"Type", type},
          {"Total", total},
          {"Active", active},
          {"RawSize", bytes},
          {"RawReclaimable", unused},
          {"Size", compact_size(bytes)},
          {"Reclaimable", fmt::format("{} ({}%)", compact_size(unused), percent)}};
}

// A layer is in use if an image that has it is.
Json line_of_images(const Context& context, const std::vector<model::Record>& records) {
  const std::vector<images::ImageRecord> all = context.images();
  std::vector<images::ImageRecord> active;
  for (const images::ImageRecord& image : all) {
    if (!users_of_image(records, image.id).empty()) active.push_back(image);
  }
  uint64_t bytes = 0;
  uint64_t used = 0;
  for (const auto& [diff_id, use] : count_layers(all)) bytes += use.bytes;
  for (const auto& [diff_id, use] : count_layers(active)) used += use.bytes;
  return line_of("Images", all.size(), active.size(), bytes, bytes - used);
}

/// A container with the bytes that it has written.
struct ContainerUse {
  Containers::Found found;
  uint64_t bytes = 0;
};

Result<std::vector<ContainerUse>> measure_containers(Containers& containers) {
  std::vector<ContainerUse> uses;
  std::vector<std::string> directories;
  for (Containers::Found& found : TRY(containers.all())) {
    directories.push_back("containers/" + found.record.id + "/upper");
    uses.push_back({.found = std::move(found)});
  }
  const std::vector<uint64_t> sizes =
      TRY(containers::sizes_below(containers.store().roots().store, directories));
  for (size_t i = 0; i < sizes.size(); ++i) uses[i].bytes = sizes[i];
  return uses;
}

Json line_of_containers(const std::vector<ContainerUse>& uses) {
  size_t running = 0;
  uint64_t bytes = 0;
  uint64_t unused = 0;
  for (const ContainerUse& use : uses) {
    const bool runs = use.found.status.pid > 0;
    running += runs ? 1 : 0;
    bytes += use.bytes;
    unused += runs ? 0 : use.bytes;
  }
  return line_of("Containers", uses.size(), running, bytes, unused);
}

struct VolumeUse {
  std::string name;
  size_t containers = 0;
  uint64_t bytes = 0;
};

Result<std::vector<VolumeUse>> measure_volumes(const std::string& root,
                                               const std::vector<model::Record>& records) {
  std::vector<VolumeUse> uses;
  std::vector<std::string> directories;
  for (const containers::Volume& volume : containers::Volumes(root).list()) {
    directories.push_back("volumes/" + volume.name + "/data");
    uses.push_back(
        {.name = volume.name, .containers = containers::users_of(volume, records).size()});
  }
  const std::vector<uint64_t> sizes = TRY(containers::sizes_below(root, directories));
  for (size_t i = 0; i < sizes.size(); ++i) uses[i].bytes = sizes[i];
  return uses;
}

Json line_of_volumes(const std::vector<VolumeUse>& uses) {
  size_t active = 0;
  uint64_t bytes = 0;
  uint64_t unused = 0;
  for (const VolumeUse& use : uses) {
    active += use.containers > 0 ? 1 : 0;
    bytes += use.bytes;
    unused += use.containers > 0 ? 0 : use.bytes;
  }
  return line_of("Local Volumes", uses.size(), active, bytes, unused);
}

Result<std::vector<Json>> lines_of(Context& context) {
  Containers containers = TRY(Containers::open(context));
  const std::vector<model::Record> records = records_of(context);
  const std::vector<PartialLayer> partial = partial_layers(context.store());
  uint64_t waiting = 0;
  for (const PartialLayer& layer : partial) waiting += layer.spooled;
  return std::vector<Json>{line_of_images(context, records),
                           line_of_containers(TRY(measure_containers(containers))),
                           line_of_volumes(TRY(measure_volumes(context.store().root(), records))),
                           line_of("Partial Layers", partial.size(), 0, waiting, waiting)};
}

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of_images(const Context& context, const std::vector<model::Record>& records) {
  const std::vector<images::ImageRecord> all = context.images();
  const LayerUses uses = count_layers(all);
  Rows rows = {{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE",
                "CONTAINERS"}};
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
                      std::to_string(users_of_image(records, image.id).size())});
    }
  }
  return rows;
}

Rows rows_of_containers(const std::vector<ContainerUse>& uses) {
  Rows rows = {
      {"CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"}};
  for (const ContainerUse& use : uses) {
    const model::Record& record = use.found.record;
    rows.push_back({containers::short_id(record.id), containers::short_id(record.image),
                    command_text(record, false), std::to_string(record.volumes.size()),
                    compact_size(use.bytes), created_text(record),
                    std::string(containers::name_of(use.found.status.state)), record.name});
  }
  return rows;
}

Rows rows_of_volumes(const std::vector<VolumeUse>& uses) {
  Rows rows = {{"VOLUME NAME", "LINKS", "SIZE"}};
  for (const VolumeUse& use : uses) {
    rows.push_back({use.name, std::to_string(use.containers), compact_size(use.bytes)});
  }
  return rows;
}

Result<> print_verbose(Context& context) {
  Containers containers = TRY(Containers::open(context));
  const std::vector<model::Record> records = records_of(context);
  TRY(print("Images space usage:\n\n" + print_table(rows_of_images(context, records))));
  TRY(print("\nContainers space usage:\n\n" +
            print_table(rows_of_containers(TRY(measure_containers(containers))))));
  return print("\nLocal Volumes space usage:\n\n" +
               print_table(rows_of_volumes(TRY(measure_volumes(context.store().root(), records)))));
}

Result<int> run(Context& context, const Line& line) {
  if (line.flag("verbose")) {
    if (line.has("format")) {
      return make_error(ErrorKind::InvalidConfig, "cannot combine --format and --verbose flags");
    }
    TRY(print_verbose(context));
    return 0;
  }
  const std::vector<Json> lines = TRY(lines_of(context));
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
