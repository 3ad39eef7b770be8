// For which platform a verb is asked.
#include "frontend/commands/platform.h"

#include <fmt/core.h>

#include <algorithm>

namespace ocirt::frontend {

bool names_platform(const Line& line) {
  return line.has("platform") || line.has("os") || line.has("arch") || line.has("variant");
}

Result<registry::Platform> wanted_platform(const Line& line) {
  registry::Platform platform = registry::host_platform();
  if (line.has("platform")) return registry::parse_platform(line.value("platform"));
  if (line.has("os")) platform.os = line.value("os");
  if (line.has("arch")) {
    platform.architecture = line.value("arch");
    platform.variant.clear();
  }
  if (line.has("variant")) platform.variant = line.value("variant");
  return platform;
}

Result<registry::Platform> platform_of(const Context& context, const images::ImageRecord& image) {
  const std::string config = TRY(context.store_of(image).read_document(image.id, "config"));
  return TRY(registry::parse_image_config(config)).platform;
}

std::vector<images::ImageRecord> all_platforms_of(const Context& context, const Found& found) {
  std::vector<images::ImageRecord> all = {found.image};
  if (!found.name) return all;
  const std::string& name = found.name->name;
  const std::string index = name.substr(0, name.rfind(':')) + '@' + found.name->digest;
  for (images::ImageRecord& image : context.images()) {
    const auto& digests = image.repo_digests;
    const bool has_it = std::find(digests.begin(), digests.end(), index) != digests.end();
    if (has_it && image.id != found.image.id) all.push_back(std::move(image));
  }
  return all;
}

Result<Found> find_for_platform(const Context& context, const Line& line, const std::string& text) {
  Found found = TRY(context.find(text));
  if (!names_platform(line)) return found;
  const registry::Platform wanted = TRY(wanted_platform(line));
  std::string here;
  for (const images::ImageRecord& image : all_platforms_of(context, found)) {
    const registry::Platform platform = TRY(platform_of(context, image));
    if (platform.os == wanted.os && platform.architecture == wanted.architecture &&
        (wanted.variant.empty() || platform.variant == wanted.variant ||
         platform.variant.empty())) {
      found.image = image;
      return found;
    }
    here += (here.empty() ? "" : ", ") + platform.text();
  }
  return make_error(ErrorKind::NotFound,
                    fmt::format("{} is not here for {}, but for {}", text, wanted.text(), here))
      .with_hint(fmt::format("ocictl pull --platform {} {}", wanted.text(), text));
}

}  // namespace ocirt::frontend
