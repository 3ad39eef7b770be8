// ocictl image prune, system prune, system reset and image verify: the store itself.
#include <fmt/core.h>

#include <array>
#include <set>

#include "base/log.h"
#include "frontend/commands/context.h"
#include "frontend/commands/image_filter.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/images/layer_stream.h"
#include "frontend/images/remove.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 4> kPruneOptions = {{
    {.name = "all",
     .short_name = 'a',
     .value_name = "",
     .help = "all images that no container uses"},
    {.name = "filter", .value_name = "KEY=VALUE", .help = "only those"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "don't ask"},
    {.name = "volumes", .value_name = "", .help = "accepted: there are none yet"},
}};

constexpr std::array<Option, 1> kForceOptions = {{
    {.name = "force", .short_name = 'f', .value_name = "", .help = "don't ask"},
}};

Result<images::Removed> prune(Context& context, const Line& line) {
  unpack::Helper* helper = TRY(context.helper());
  std::vector<std::string> filters = line.values("filter");
  if (!line.flag("all")) filters.emplace_back("dangling=true");
  images::Removed removed;
  for (const images::ImageRecord& image : TRY(filter_images(context, filters))) {
    if (!image.read_only) TRY(images::remove_image(context.store(), *helper, image, removed));
  }
  // Layers that no image has, and pulls that were cut off.
  std::vector<std::string> layers;
  for (const std::string& name : images::list_directory(context.store().layers())) {
    layers.push_back("sha256:" + name);
  }
  TRY(images::remove_unused_layers(context.store(), *helper, layers, removed));
  for (const PartialLayer& layer : partial_layers(context.store())) removed.bytes += layer.spooled;
  TRY(images::sweep(context.store(), *helper, 0));
  return removed;
}

Result<int> run_image_prune(Context& context, const Line& line) {
  const char* warning = line.flag("all")
                            ? "WARNING! This command removes all images without at least one "
                              "container associated with them."
                            : "WARNING! This command removes all dangling images.";
  if (!line.flag("force") && !TRY(is_agreed(warning))) return 0;
  const images::Removed removed = TRY(prune(context, line));
  for (const std::string& id : removed.deleted) TRY(print(id + '\n'));
  return 0;
}

Result<int> run_system_prune(Context& context, const Line& line) {
  if (!line.flag("force") &&
      !TRY(is_agreed("WARNING! This command removes all images that no container uses."))) {
    return 0;
  }
  const images::Removed removed = TRY(prune(context, line));
  if (!removed.deleted.empty()) TRY(print("Deleted Images\n"));
  for (const std::string& id : removed.deleted) TRY(print(id + '\n'));
  TRY(print(fmt::format("Total reclaimed space: {}\n", human_size(removed.bytes))));
  return 0;
}

Result<int> run_verify(Context& context, const Line& line) {
  unpack::Helper* helper = TRY(context.helper());
  std::vector<images::ImageRecord> wanted;
  for (const std::string& word : line.words()) wanted.push_back(TRY(context.find(word)).image);
  if (wanted.empty()) wanted = context.images();
  std::set<std::string> seen;
  int status = 0;
  for (const images::ImageRecord& image : wanted) {
    bool sound = true;
    const images::Store& store = context.store_of(image);
    const std::string config = TRY(store.read_document(image.id, "config"));
    if (digest_of(config).hex() != image.id) {
      log_error(make_error(ErrorKind::InvalidConfig,
                           fmt::format("{}: its config was changed", image.id)));
      sound = false;
    }
    for (const images::LayerRecord& layer : image.layers) {
      if (!seen.insert(layer.diff_id).second) continue;
      Result<> verified = images::verify_layer(store, *helper, layer);
      if (verified) continue;
      log_error(verified.error());
      sound = false;
    }
    TRY(print(fmt::format("{} {}\n", image.id, sound ? "ok" : "damaged")));
    constexpr int kDamaged = 1;
    if (!sound) status = kDamaged;
  }
  return status;
}

Result<int> run_reset(Context& context, const Line& line) {
  if (!line.flag("force") && !TRY(is_agreed("WARNING! This will remove all images and layers.")))
    return 0;
  unpack::Helper* helper = TRY(context.helper());
  const images::Store& store = context.store();
  for (const int part :
       {store.names(), store.images(), store.layers(), store.partial(), store.trash()}) {
    for (const std::string& name : images::list_directory(part)) TRY(helper->remove(part, name));
  }
  return 0;
}

}  // namespace

const Verb kImagePrune = {.name = "image prune",
                          .help = "remove images without a name",
                          .options = kPruneOptions,
                          .most_words = 0,
                          .run = run_image_prune};
const Verb kSystemPrune = {.name = "system prune",
                           .help = "remove what nothing uses",
                           .options = kPruneOptions,
                           .most_words = 0,
                           .run = run_system_prune};
const Verb kSystemReset = {.name = "system reset",
                           .help = "remove everything",
                           .options = kForceOptions,
                           .most_words = 0,
                           .run = run_reset};
const Verb kImageVerify = {.name = "image verify",
                           .words = "[IMAGE...]",
                           .help = "read images whole and compare them with their digests",
                           .options = {},
                           .run = run_verify};

}  // namespace ocirt::frontend
