// ocictl rmi: takes names and images out of the store.
#include <fmt/core.h>

#include <array>

#include "frontend/commands/image_users.h"
#include "frontend/commands/removal.h"
#include "frontend/commands/verbs.h"
#include "frontend/images/remove.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 3> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "all images"},
    {.name = "force",
     .short_name = 'f',
     .value_name = "",
     .help = "with all names of an id, and with its containers"},
    {.name = "ignore", .short_name = 'i', .value_name = "", .help = "unknown images are no error"},
}};

// By force they go with it, running or not.
Result<> release_image(Context& context, const std::string& id, bool force) {
  const std::vector<std::string> users = users_of_image(records_of(context), id);
  if (users.empty()) return {};
  if (!force) {
    return make_error(ErrorKind::BadState,
                      fmt::format("image used by {}: image is in use by a container", users[0]))
        .with_hint(fmt::format("ocictl rm {}, or rmi --force", users[0]));
  }
  Containers all = TRY(Containers::open(context));
  for (const std::string& user : users) {
    const Result<> removed = remove_container(all, user, {.force = true});
    if (!removed && removed.error().kind != ErrorKind::NotFound) return removed;
  }
  return {};
}

// A name goes; the image goes with its last one. An id goes only with one name, or by force.
Result<> remove_one(Context& context, const std::string& text, bool with_all_names, bool force) {
  const Found found = TRY(context.find(text));
  if (found.image.read_only) {
    return make_error(ErrorKind::Denied,
                      fmt::format("{} lies in {}, which is only read", text, found.image.store));
  }
  std::vector<std::string> names;
  for (const images::NameRecord& name : context.store().list_names()) {
    if (name.image == found.image.id) names.push_back(name.name);
  }
  if (found.name && names.size() > 1) {
    TRY(context.store().remove_name(found.name->name));
    return print(fmt::format("Untagged: {}\n", found.name->name));
  }
  if (!found.name && names.size() > 1 && !with_all_names) {
    return make_error(
        ErrorKind::BadState,
        fmt::format("unable to delete image \"{}\" by ID with more than one tag ({}): "
                    "please force removal",
                    found.image.id, fmt::format("{}", names.size())));
  }
  TRY(release_image(context, found.image.id, force));
  images::Removed removed;
  unpack::Helper* helper = TRY(context.helper());
  TRY(images::remove_image(context.store(), *helper, found.image, layers_of_containers(context),
                           removed));
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
  const bool with_all_names = is_forced || line.flag("all");
  return remove_each(wanted, line.flag("ignore") || is_forced, [&](const std::string& text) {
    return remove_one(context, text, with_all_names, is_forced);
  });
}

}  // namespace

const Verb kRmi = {.name = "rmi",
                   .words = "IMAGE [IMAGE...]",
                   .help = "remove images",
                   .options = kOptions,
                   .run = run};

}  // namespace ocirt::frontend
