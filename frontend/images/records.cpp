// The store's documents as JSON. Pure.
#include "frontend/images/records.h"

#include <nlohmann/json.hpp>

namespace ocirt::images {

using nlohmann::json;

// nlohmann-json finds these by their names.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LayerRecord, diff_id, blob, media_type, blob_size,
                                                tar_size, file_bytes, entries, replaced)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ImageRecord, id, manifest_digest, manifest_type,
                                                repo_digests, layers, created, os, architecture,
                                                size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(NameRecord, name, image, digest)

namespace {

template <typename Record>
std::optional<Record> parse(std::string_view text) {
  const json value = json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  try {
    return value.get<Record>();
  } catch (const json::exception&) {  // a member of another type
    return std::nullopt;
  }
}

}  // namespace

std::string print_image(const ImageRecord& record) {
  return json(record).dump() + '\n';
}
std::string print_name(const NameRecord& record) {
  return json(record).dump() + '\n';
}
std::string print_layer(const LayerRecord& record) {
  return json(record).dump() + '\n';
}

std::optional<ImageRecord> parse_image(std::string_view text) {
  return parse<ImageRecord>(text);
}
std::optional<NameRecord> parse_name(std::string_view text) {
  return parse<NameRecord>(text);
}
std::optional<LayerRecord> parse_layer(std::string_view text) {
  return parse<LayerRecord>(text);
}

std::string escape_name(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '/') {
      escaped += "%2F";
    } else if (c == '%') {
      escaped += "%25";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace ocirt::images
