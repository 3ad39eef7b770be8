// ocictl rmi: takes names and images out of the store.
#include <fmt/core.h>

#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/verbs.h"
#include "frontend/images/remove.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 3> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all images"},
    {.name = "force", .short_name = 'f', .value_name = "", .help = "with all names of an id"},
    {.name = "ignore", .short_name = 'i', .value_name = "", .help = "unknown images are no error"},
}};

// A name goes; the image goes with its last one. An id goes only with one name, or by force.
Result<> remove_one(Context& context, const std::string& text, bool force) {
  const Found found = TRY(context.find(text));
  if (found.image.read_only) {
    return make_error(ErrorKind::Denied,
                      fmt::format("{} lies in {}, which is only read", text, found.image.store));
  }
  std::vector<std::string> names;
  for (const images::NameRecord& name : context.store().list_names()) {
    if (name.image == found.image.id) names.push_back(name.name);
  }
  if (found.name && names.size() > 1 && !force) {
    TRY(context.store().remove_name(found.name->name));
    return print(fmt::format("Untagged: {}\n", found.name->name));
  }
  if (!found.name && names.size() > 1 && !force) {
    return make_error(
        ErrorKind::BadState,
        fmt::format("unable to delete image \"{}\" by ID with more than one tag ({}): "
                    "please force removal",
                    found.image.id, fmt::format("{}", names.size())));
  }
  images::Removed removed;
  unpack::Helper* helper = TRY(context.helper());
  TRY(images::remove_image(context.store(), *helper, found.image, removed));
  for (const std::string& name : removed.untagged) TRY(print(fmt::format("Untagged: {}\n", name)));
  for (const std::string& id : removed.deleted) TRY(print(fmt::format("Deleted: {}\n", id)));
  return {};
}

Result<int> run(Context& context, const Line& line) {
  std::vector<std::string> wanted = line.words();
  if (line.flag("all")) {
    for (const images::ImageRecord& image : context.store().list_images())
      wanted.push_back(image.id);
  } else if (wanted.empty()) {
    return make_error(ErrorKind::InvalidConfig, "image name or ID must be specified");
  }
  const bool is_forced = line.flag("force");
  return remove_each(wanted, line.flag("ignore") || is_forced, [&](const std::string& text) {
    return remove_one(context, text, is_forced || line.flag("all"));
  });
}

}  // namespace

const Verb kRmi = {.name = "rmi",
                   .words = "IMAGE [IMAGE...]",
                   .help = "remove images",
                   .options = kOptions,
                   .run = run};

}  // namespace ocirt::frontend
