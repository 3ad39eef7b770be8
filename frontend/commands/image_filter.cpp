// Which images --filter leaves, and facts of images that filters ask for.
#include "frontend/commands/image_filter.h"

#include <fmt/core.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>

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

// "10m" and "72h" ago, seconds since 1970, or a time as images have it.
Result<int64_t> moment_of(const std::string& value) {
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 60 * kMinute;
  int64_t ago = 0;
  const char* at = value.c_str();
  char* end = nullptr;
  while (*at >= '0' && *at <= '9') {
    const int64_t number = std::strtoll(at, &end, 10);
    if (*end == 0 && at == value.c_str()) return number;
    const int64_t unit = *end == 'h' ? kHour : *end == 'm' ? kMinute : *end == 's' ? 1 : 0;
    if (unit == 0) break;
    ago += number * unit;
    at = end + 1;
  }
  if (*at == 0 && at != value.c_str()) return ::time(nullptr) - ago;
  if (const int64_t moment = parse_time(value); moment != 0) return moment;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("\"{}\" is no time, as 24h or 2026-01-02T03:04:05Z", value));
}

struct Filter {
  std::string key;
  std::string value;
};

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
  if (key == "label") {
    const Json labels = labels_of(context, image);
    const size_t equals = value.find('=');
    const std::string label = value.substr(0, equals);
    if (!labels.is_object() || !labels.contains(label)) return false;
    return equals == std::string::npos || labels[label] == value.substr(equals + 1);
  }
  if (key == "until") return parse_time(image.created) < TRY(moment_of(value));
  // There are none that only a build has, and none that a container's removal would take along.
  if (key == "intermediate" || key == "containers") return value != "true";
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
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("invalid filter \"{}\": it has to be KEY=VALUE", text));
    }
    const Filter filter{.key = text.substr(0, equals), .value = text.substr(equals + 1)};
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
