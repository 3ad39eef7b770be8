// What is remembered about a container: state.json in its directory. Runs in: every verb.
#include "runtime/store/state.h"

#include <fmt/core.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/json_writer.h"

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

using Json = nlohmann::json;

// The members of a document that may be anything: a missing one or one of another type yields the
// default and clears `sound`.
class Members {
 public:
  explicit Members(const Json& object) : object_(object), sound_(object.is_object()) {}

  std::string text(const char* key) {
    const Json* member = find(key);
    if (member == nullptr || !member->is_string()) return fail<std::string>();
    return member->get_ref<const std::string&>();
  }
  template <typename Number>
  Number number(const char* key) {
    const Json* member = find(key);
    if (member == nullptr || !member->is_number_integer()) return fail<Number>();
    return member->get<Number>();
  }
  bool flag(const char* key) {
    const Json* member = find(key);
    if (member == nullptr || !member->is_boolean()) return fail<bool>();
    return member->get<bool>();
  }
  const Json& list(const char* key) {
    static const Json kEmpty = Json::array();
    const Json* member = find(key);
    if (member != nullptr && member->is_structured()) return *member;
    sound_ = false;
    return kEmpty;
  }
  /// Null when it is absent, which is no fault.
  const Json* optional(const char* key) { return find(key); }
  [[nodiscard]] bool sound() const { return sound_; }

 private:
  const Json* find(const char* key) {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  template <typename T>
  T fail() {
    sound_ = false;
    return {};
  }

  const Json& object_;
  bool sound_;
};

bool read_cgroup(const Json& list, std::vector<plan::CgroupDirectory>& cgroup) {
  for (const Json& entry : list) {
    Members members(entry);
    plan::CgroupDirectory directory;
    for (const Json& controller : members.list("controllers")) {
      if (!controller.is_string()) return false;
      directory.controllers.push_back(controller.get_ref<const std::string&>());
    }
    directory.v2 = members.flag("v2");
    directory.mount_point.text = members.text("mountPoint");
    directory.path = members.text("path");
    if (!members.sound()) return false;
    cgroup.push_back(std::move(directory));
  }
  return true;
}

bool read_rdt(const Json& document, RdtGroups& rdt) {
  if (!document.is_object() || !document.contains("rdt")) return true;
  Members members(document["rdt"]);
  rdt.group = members.text("group");
  rdt.own = members.flag("own");
  rdt.monitor = members.text("monitor");
  return members.sound();
}

bool read_unit(const Json& object, plan::UnitReference& unit) {
  Members members(object);
  unit.bus = members.text("bus");
  unit.name = members.text("name");
  unit.path = members.text("path");
  unit.is_users = members.flag("isUsers");
  return members.sound();
}

}  // namespace

Result<State> parse_state(std::string_view json) {
  const Json document = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  Members members(document);
  State state;
  state.oci_version = members.text("ociVersion");
  state.id = members.text("id");
  state.bundle = members.text("bundle");
  state.rootfs = members.text("rootfs");
  state.created = members.text("created");
  state.owner = members.number<uint32_t>("owner");
  const Json& annotations = members.list("annotations");
  bool sound = annotations.is_object() || annotations.empty();
  for (const auto& [key, value] : annotations.items()) {
    if (value.is_string()) {
      state.annotations.emplace(key, value.get_ref<const std::string&>());
    } else {
      sound = false;
    }
  }
  state.pid = members.number<pid_t>("pid");
  state.pid_start_time = members.number<uint64_t>("pidStartTime");
  state.namespaces = members.number<uint64_t>("namespaces");
  state.joined = members.number<uint64_t>("joined");
  sound = read_cgroup(members.list("cgroup"), state.cgroup) && sound;
  sound = read_rdt(document, state.rdt) && sound;
  if (const Json* unit = members.optional("unit")) sound = read_unit(*unit, state.unit) && sound;
  if (!sound || !members.sound()) {
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
