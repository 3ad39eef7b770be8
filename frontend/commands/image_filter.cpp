// Which images --filter leaves, and facts of images that filters ask for.
#include "frontend/commands/image_filter.h"

#include <fmt/core.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>

#include "frontend/commands/image_users.h"
#include "frontend/commands/labels.h"
#include "frontend/commands/moments.h"
#include "frontend/commands/text.h"

namespace ocirt::frontend {

namespace {

bool has_name(const std::vector<images::NameRecord>& names, const images::ImageRecord& image) {
  return std::any_of(names.begin(), names.end(),
                     [&](const images::NameRecord& name) { return name.image == image.id; });
}

// "httpd", "library/httpd", "*/httpd:*", "docker.io/library/httpd:latest".
bool matches_reference(const std::string& name, const std::string& pattern) {
  const std::string repository = name.substr(0, name.rfind(':'));
  std::string tail = name;
  while (true) {
    const size_t colon = tail.rfind(':');
    if (::fnmatch(pattern.c_str(), tail.c_str(), 0) == 0) return true;
    if (::fnmatch(pattern.c_str(), tail.substr(0, colon).c_str(), 0) == 0) return true;
    const size_t slash = tail.find('/');
    if (slash == std::string::npos) return false;
    tail.erase(0, slash + 1);
  }
}

Result<bool> keeps(const Context& context, const std::vector<images::NameRecord>& names,
                   const images::ImageRecord& image, const Filter& filter) {
  const auto& [key, value] = filter;
  if (key == "dangling") return has_name(names, image) == (value != "true");
  if (key == "readonly") return image.read_only == (value == "true");
  if (key == "id") return image.id.starts_with(value);
  if (key == "reference") {
    return std::any_of(names.begin(), names.end(), [&](const images::NameRecord& name) {
      return name.image == image.id && matches_reference(name.name, value);
    });
  }
  if (key == "label" || key == "label!") {
    const Json labels = labels_of(context, image);
    const size_t equals = value.find('=');
    const std::string label = value.substr(0, equals);
    const bool has = labels.is_object() && labels.contains(label) &&
                     (equals == std::string::npos || labels[label] == value.substr(equals + 1));
    return has == (key == "label");
  }
  if (key == "until") {
    return parse_time(image.created) < TRY(parse_moment("until", value, ::time(nullptr)));
  }
  if (key == "intermediate") return value != "true";  // there are none that only a build has
  if (key == "containers") {
    return users_of_image(records_of(context), image.id).empty() == (value != "true");
  }
  if (key == "before" || key == "since" || key == "after") {
    const Found other = TRY(context.find(value));
    const int64_t there = parse_time(other.image.created);
    const int64_t here = parse_time(image.created);
    return key == "before" ? here < there : here > there;
  }
  return make_error(ErrorKind::InvalidConfig, fmt::format("unsupported image filter \"{}\"", key));
}

}  // namespace

Result<std::vector<images::ImageRecord>> filter_images(const Context& context,
                                                       const std::vector<std::string>& filters) {
  std::vector<images::ImageRecord> left = context.images();
  const std::vector<images::NameRecord> names = context.names();
  for (const std::string& text : filters) {
    const Filter filter = TRY(parse_filter(text));
    std::vector<images::ImageRecord> kept;
    for (images::ImageRecord& image : left) {
      if (TRY(keeps(context, names, image, filter))) kept.push_back(std::move(image));
    }
    left = std::move(kept);
  }
  std::stable_sort(left.begin(), left.end(), [](const auto& one, const auto& other) {
    return parse_time(one.created) > parse_time(other.created);
  });
  return left;
}

Json labels_of(const Context& context, const images::ImageRecord& image) {
  const Result<std::string> text = context.store_of(image).read_document(image.id, "config");
  if (!text) return nullptr;
  const Json config = Json::parse(*text, nullptr, false);
  if (!config.is_object() || !config.contains("config")) return nullptr;
  const Json& inner = config["config"];
  if (!inner.is_object() || !inner.contains("Labels")) return nullptr;
  return inner["Labels"];
}

std::vector<PartialLayer> partial_layers(const images::Store& store) {
  std::vector<PartialLayer> layers;
  for (const std::string& name : images::list_directory(store.partial())) {
    struct stat info {};
    if (::fstatat(store.partial(), (name + "/spool").c_str(), &info, 0) != 0) continue;
    layers.push_back({.name = name, .spooled = static_cast<uint64_t>(info.st_size)});
  }
  return layers;
}

}  // namespace ocirt::frontend
