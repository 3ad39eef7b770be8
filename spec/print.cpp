// Writes the structs of config.h as JSON, in the spec's order and spelling. Pure.
#include "spec/print.h"

#include "base/json_writer.h"
#include "spec/schema.h"

namespace ocirt::spec {

namespace {

void write_value(JsonWriter& json, const Type& type, const void* value);

/// Whether an optional member says no more than its absence would.
bool is_absent(const Type& type, const void* value) {
  switch (type.shape) {
    case Shape::Boolean:
      return type.peek == nullptr && !*static_cast<const bool*>(value);
    case Shape::Array:
    case Shape::Map:
      return type.is_empty(value);
    default:
      return false;
  }
}

void write_members(JsonWriter& json, const Type& type, const void* object) {
  for (const Member& member : type.members) {
    // locate() only computes an address, so that the reader and the writer can share it.
    const void* value = member.locate(const_cast<void*>(object));
    if (member.type->peek != nullptr) value = member.type->peek(value);
    if (value == nullptr) continue;
    if (member.presence == Presence::Optional && is_absent(*member.type, value)) continue;
    json.key(member.key);
    write_value(json, *member.type, value);
  }
}

void write_elements(JsonWriter& json, const Type& type, const void* container) {
  struct Context {
    JsonWriter& json;
    const Type& type;
  } context{json, type};
  type.for_each(
      container,
      [](void* opaque, std::string_view key, const void* element) {
        const Context& context = *static_cast<const Context*>(opaque);
        if (context.type.shape == Shape::Map) context.json.key(key);
        write_value(context.json, *context.type.element, element);
      },
      &context);
}

void write_value(JsonWriter& json, const Type& type, const void* value) {
  switch (type.shape) {
    case Shape::Boolean:
      json.value(*static_cast<const bool*>(value));
      return;
    case Shape::Number:
      type.write_number(value, json);
      return;
    case Shape::String:
      json.value(*static_cast<const std::string*>(value));
      return;
    case Shape::Array:
      json.begin_array();
      write_elements(json, type, value);
      json.end_array();
      return;
    case Shape::Map:
      json.begin_object();
      write_elements(json, type, value);
      json.end_object();
      return;
    case Shape::Object:
      json.begin_object();
      write_members(json, type, value);
      json.end_object();
      return;
  }
}

}  // namespace

std::string print_config(const Config& config) {
  JsonWriter json("\t");
  write_value(json, config_type(), &config);
  return std::move(json).take() + "\n";
}

std::string print_resources(const Resources& resources) {
  JsonWriter json;
  write_value(json, resources_type(), &resources);
  return std::move(json).take() + "\n";
}

}  // namespace ocirt::spec
