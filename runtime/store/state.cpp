// What is remembered about a container: state.json in its directory. Runs in: every verb.
#include "runtime/store/state.h"

#include <fmt/core.h>

#include <array>
#include <chrono>

#include "base/json_writer.h"
#include "spec/reader.h"
#include "spec/type.h"

// --- what print_state() writes, for the reader ---------------------------------------------------

namespace ocirt::spec {

using plan::CgroupDirectory;
using plan::UnitReference;
using store::RdtGroups;
using store::State;

template <>
struct Members<CgroupDirectory> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&CgroupDirectory::controllers>("controllers"),
      required<&CgroupDirectory::v2>("v2"),
      {.key = "mountPoint",
       .type = &kType<std::string>,
       .locate = [](void* directory) -> void* {
         return &static_cast<CgroupDirectory*>(directory)->mount_point.text;
       },
       .presence = Presence::Required,
       .section = {}},
      required<&CgroupDirectory::path>("path"),
  });
};

template <>
struct Members<RdtGroups> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&RdtGroups::group>("group"),
      required<&RdtGroups::own>("own"),
      required<&RdtGroups::monitor>("monitor"),
  });
};

template <>
struct Members<UnitReference> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&UnitReference::bus>("bus"),
      required<&UnitReference::name>("name"),
      required<&UnitReference::path>("path"),
      required<&UnitReference::is_users>("isUsers"),
  });
};

template <>
struct Members<State> {
  static constexpr auto kTable = std::to_array<Member>({
      required<&State::oci_version>("ociVersion"),
      required<&State::id>("id"),
      required<&State::bundle>("bundle"),
      required<&State::rootfs>("rootfs"),
      required<&State::created>("created"),
      required<&State::owner>("owner"),
      required<&State::annotations>("annotations"),
      required<&State::pid>("pid"),
      required<&State::pid_start_time>("pidStartTime"),
      required<&State::namespaces>("namespaces"),
      required<&State::joined>("joined"),
      required<&State::cgroup>("cgroup"),
      optional<&State::rdt>("rdt"),
      optional<&State::unit>("unit"),
  });
};

}  // namespace ocirt::spec

namespace ocirt::store {

std::string print_state(const State& state) {
  JsonWriter json;
  json.begin_object();
  json.member("ociVersion", state.oci_version);
  json.member("id", state.id);
  json.member("bundle", state.bundle);
  json.member("rootfs", state.rootfs);
  json.member("created", state.created);
  json.member("owner", state.owner);
  json.key("annotations");
  json.begin_object();
  for (const auto& [key, value] : state.annotations) json.member(key, value);
  json.end_object();
  json.member("pid", state.pid);
  json.member("pidStartTime", state.pid_start_time);
  json.member("namespaces", state.namespaces);
  json.member("joined", state.joined);
  json.key("cgroup");
  json.begin_array();
  for (const plan::CgroupDirectory& directory : state.cgroup) {
    json.begin_object();
    json.key("controllers");
    json.begin_array();
    for (const std::string& controller : directory.controllers) json.value(controller);
    json.end_array();
    json.member("v2", directory.v2);
    json.member("mountPoint", directory.mount_point.text);
    json.member("path", directory.path);
    json.end_object();
  }
  json.end_array();
  if (!state.rdt.group.empty()) {
    json.key("rdt");
    json.begin_object();
    json.member("group", state.rdt.group);
    json.member("own", state.rdt.own);
    json.member("monitor", state.rdt.monitor);
    json.end_object();
  }
  if (!state.unit.name.empty()) {
    json.key("unit");
    json.begin_object();
    json.member("bus", state.unit.bus);
    json.member("name", state.unit.name);
    json.member("path", state.unit.path);
    json.member("isUsers", state.unit.is_users);
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

namespace {

// state.json is written by us and read by every verb, for `list` once for each container: one pass,
// led by the tables above.
const spec::Type& state_type() {
  return spec::kType<State>;
}

}  // namespace

Result<State> parse_state(std::string_view json) {
  State state;
  if (!spec::read_document(json, {.type = state_type(), .place = &state, .section = {}}).empty()) {
    return make_error(ErrorKind::System, "the state file is damaged")
        .with_hint("remove the container with: ocirt delete --force ID");
  }
  return state;
}

std::string timestamp_now() {
  using std::chrono::nanoseconds;
  const auto now = std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
  // Not gmtime_r(), which reads time zone files.
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

}  // namespace ocirt::store
