// A container as JSON, as `state` and `list` print it.
#include "runtime/commands/container_json.h"

namespace ocirt::commands {

void write_container(JsonWriter& json, const store::State& state, stages::Status status,
                     std::string_view owner) {
  const bool stopped = status == stages::Status::Stopped;
  json.begin_object();
  json.member("ociVersion", state.oci_version);
  json.member("id", state.id);
  json.member("pid", stopped ? 0 : state.pid);
  json.member("status", stages::name_of(status));
  json.member("bundle", state.bundle);
  json.member("rootfs", state.rootfs);
  json.member("created", state.created);
  json.key("annotations");
  json.begin_object();
  for (const auto& [key, value] : state.annotations) json.member(key, value);
  json.end_object();
  json.member("owner", owner);
  json.end_object();
}

}  // namespace ocirt::commands
