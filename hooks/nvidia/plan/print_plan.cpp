// Writes the plan as JSON. Pure.
#include "base/json_writer.h"
#include "hooks/nvidia/plan/plan.h"

namespace ocirt::nvidia {

namespace {

void write_strings(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key);
  json.begin_array();
  for (const std::string& text : texts) json.value(std::string_view(text));
  json.end_array();
}

void write_devices(JsonWriter& json, const Plan& plan) {
  json.key("devices");
  json.begin_array();
  for (const PlannedDevice& device : plan.devices) {
    json.begin_object();
    json.member("source", std::string_view(device.source.text));
    json.member("path", std::string_view(device.path.text));
    json.member("major", device.major);
    json.member("minor", device.minor);
    json.end_object();
  }
  json.end_array();
}

void write_files(JsonWriter& json, const Plan& plan) {
  json.key("mounts");
  json.begin_array();
  for (const PlannedMount& mount : plan.mounts) {
    json.begin_object();
    json.member("source", std::string_view(mount.source.text));
    json.member("destination", std::string_view(mount.destination.text));
    if (mount.kind == MountKind::Socket) json.member("kind", std::string_view("socket"));
    json.end_object();
  }
  json.end_array();
  json.key("links");
  json.begin_array();
  for (const PlannedLink& link : plan.links) {
    json.begin_object();
    json.member("path", std::string_view(link.path.text));
    json.member("target", std::string_view(link.target));
    json.end_object();
  }
  json.end_array();
  json.key("files");
  json.begin_array();
  for (const PlannedFile& file : plan.files) {
    json.begin_object();
    json.member("path", std::string_view(file.path.text));
    json.member("content", std::string_view(file.content));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string print_plan(const Plan& plan) {
  JsonWriter json("  ");
  json.begin_object();
  json.member("driver", std::string_view(plan.driver_version));
  json.key("gpus");
  json.begin_array();
  for (const uint32_t index : plan.gpus) json.value(index);
  json.end_array();
  write_devices(json, plan);
  write_files(json, plan);
  json.key("loaderCache");
  json.begin_array();
  for (const CacheEntry& entry : plan.cache_entries) {
    json.value(std::string_view(entry.key + " => " + entry.value));
  }
  json.end_array();
  json.member("compat", std::string_view(plan.compat_directory));
  write_strings(json, "env", plan.env);
  write_strings(json, "warnings", plan.warnings);
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace ocirt::nvidia
