// ocictl tag and untag: names of images.
#include <fmt/core.h>

#include <algorithm>

#include "frontend/commands/context.h"
#include "frontend/commands/local_name.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

Result<std::string> local_name(const std::string& text) {
  const registry::Reference reference =
      TRY(registry::parse_reference(registry::is_short_name(text) ? "localhost/" + text : text));
  if (reference.digest) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("{}: a tag can't have a digest", text));
  }
  return reference.text();
}

namespace {

Result<int> run_tag(Context& context, const Line& line) {
  const Found found = TRY(context.find(line.words()[0]));
  for (size_t i = 1; i < line.words().size(); ++i) {
    TRY(context.store().set_name(
        {.name = TRY(local_name(line.words()[i])),
         .image = found.image.id,
         .digest = found.name ? found.name->digest : found.image.manifest_digest}));
  }
  return 0;
}

Result<int> run_untag(Context& context, const Line& line) {
  const Found found = TRY(context.find(line.words()[0]));
  std::vector<std::string> names;
  if (line.words().size() == 1) {
    for (const images::NameRecord& name : context.store().list_names()) {
      if (name.image == found.image.id) names.push_back(name.name);
    }
  }
  for (size_t i = 1; i < line.words().size(); ++i) {
    const Found named = TRY(context.find(line.words()[i]));
    if (!named.name || named.image.id != found.image.id) {
      return make_error(ErrorKind::NotFound, fmt::format("{}: tag not known", line.words()[i]));
    }
    names.push_back(named.name->name);
  }
  for (const std::string& name : names) TRY(context.store().remove_name(name));
  return 0;
}

}  // namespace

const Verb kTag = {.name = "tag",
                   .words = "IMAGE NAME [NAME...]",
                   .help = "give an image another name",
                   .options = {},
                   .fewest_words = 2,
                   .run = run_tag};

const Verb kUntag = {.name = "untag",
                     .words = "IMAGE [NAME...]",
                     .help = "take names from an image",
                     .options = {},
                     .fewest_words = 1,
                     .run = run_untag};

}  // namespace ocirt::frontend
