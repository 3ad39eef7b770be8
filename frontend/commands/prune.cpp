// ocictl image prune, system prune, system reset and image verify: the store itself.
#include <fcntl.h>
#include <fmt/core.h>

#include <array>
#include <set>

#include "base/log.h"
#include "frontend/commands/context.h"
#include "frontend/commands/image_filter.h"
#include "frontend/commands/image_users.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/trees.h"
#include "frontend/images/layer_stream.h"
#include "frontend/images/remove.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr Option kAll = {.name = "all",
                         .short_name = 'a',
                         .value_name = "",
                         .help = "all images that no container uses"};
constexpr Option kForce = {
    .name = "force", .short_name = 'f', .value_name = "", .help = "don't ask"};

constexpr std::array<Option, 3> kPruneOptions = {{
    kAll,
    {.name = "filter", .value_name = "KEY=VALUE", .help = "only those"},
    kForce,
}};

constexpr std::array<Option, 4> kSystemPruneOptions = {{
    kAll,
    {.name = "filter", .value_name = "KEY=VALUE", .help = "only those: label, label!, until"},
    kForce,
    {.name = "volumes", .value_name = "", .help = "volumes that no container uses, too"},
}};

constexpr std::array<Option, 1> kForceOptions = {{kForce}};

Result<images::Removed> prune_images(Context& context, const Line& line) {
  unpack::Helper* helper = TRY(context.helper());
  std::vector<std::string> filters = line.values("filter");
  if (!line.flag("all")) filters.emplace_back("dangling=true");
  images::Removed removed;
  const std::vector<model::Record> records = records_of(context);
  const images::LayersInUse in_use = layers_of_containers(context);
  for (const images::ImageRecord& image : TRY(filter_images(context, filters))) {
    if (image.read_only || !users_of_image(records, image.id).empty()) continue;
    TRY(images::remove_image(context.store(), *helper, image, in_use, removed));
  }
  // Layers that no image has, and pulls that were cut off.
  std::vector<std::string> layers;
  for (const std::string& name : images::list_directory(context.store().layers())) {
    layers.push_back("sha256:" + name);
  }
  TRY(images::remove_unused_layers(context.store(), *helper, layers, in_use, removed));
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
  const images::Removed removed = TRY(prune_images(context, line));
  for (const std::string& id : removed.deleted) TRY(print(id + '\n'));
  return 0;
}

std::string prune_warning(bool all, bool volumes) {
  std::string text =
      "WARNING! This command removes:\n"
      "\t- all stopped containers\n"
      "\t- all networks not used by at least one container\n";
  if (volumes) text += "\t- all volumes not used by at least one container\n";
  text += all ? "\t- all images without at least one container associated with them\n"
              : "\t- all dangling images\n";
  return text;
}

Result<> print_deleted(const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  std::string text = fmt::format("Deleted {}\n", what);
  for (const std::string& name : names) text += name + '\n';
  return print(text);
}

// Containers first: what they used is unused then.
Result<int> run_system_prune(Context& context, const Line& line) {
  const bool with_volumes = line.flag("volumes");
  if (!line.flag("force") && !TRY(is_agreed(prune_warning(line.flag("all"), with_volumes)))) {
    return 0;
  }
  const std::vector<std::string> filters = line.values("filter");
  Containers all = TRY(Containers::open(context));
  const Pruned containers = TRY(prune_containers(all, filters));
  TRY(print_deleted("Containers", containers.names));
  Pruned volumes;
  if (with_volumes) volumes = TRY(prune_volumes(all, filters));
  TRY(print_deleted("Volumes", volumes.names));
  const images::Removed images = TRY(prune_images(context, line));
  TRY(print_deleted("Images", images.deleted));
  TRY(print_deleted("Networks", TRY(prune_networks(all, filters)).names));
  const uint64_t bytes = containers.bytes + volumes.bytes + images.bytes;
  TRY(print(fmt::format("Total reclaimed space: {}\n", compact_size(bytes))));
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

// Those of the store that can't be read any more, too.
Result<> remove_volumes(const std::string& root) {
  const Result<UniqueFd> volumes =
      sys::open_at(AT_FDCWD, (root + "/volumes").c_str(), O_RDONLY | O_DIRECTORY);
  if (!volumes) return {};  // there never was one
  for (const std::string& name : images::list_directory(volumes->get())) {
    TRY(containers::remove_files(volumes->get(), name));
  }
  return {};
}

Result<> remove_containers(Containers& all) {
  for (const std::string& id : all.store().ids()) {
    const Result<> removed =
        remove_container(all, id, {.force = true, .volumes = true, .patience_s = 0});
    if (!removed && removed.error().kind != ErrorKind::NotFound) return removed;
  }
  return {};
}

Result<int> run_reset(Context& context, const Line& line) {
  const images::Store& store = context.store();
  const std::string warning = fmt::format(
      "WARNING! This will remove:\n"
      "        - all containers\n"
      "        - all images\n"
      "        - all volumes\n"
      "from the store \"{}\"",
      store.root());
  if (!line.flag("force") && !TRY(is_agreed(warning))) return 0;
  Containers all = TRY(Containers::open(context));
  TRY(remove_containers(all));
  TRY(remove_volumes(store.root()));
  unpack::Helper* helper = TRY(context.helper());
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
                           .options = kSystemPruneOptions,
                           .most_words = 0,
                           .run = run_system_prune};
const Verb kSystemReset = {.name = "system reset",
                           .help = "remove all containers, images and volumes",
                           .options = kForceOptions,
                           .most_words = 0,
                           .run = run_reset};
const Verb kImageVerify = {.name = "image verify",
                           .words = "[IMAGE...]",
                           .help = "read images whole and compare them with their digests",
                           .options = {},
                           .run = run_verify};

}  // namespace ocirt::frontend
