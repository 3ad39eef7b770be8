// ocictl info: this host and the store, as podman tells them.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cctype>

#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/host_words.h"
#include "frontend/commands/verbs.h"
#include "frontend/registry/registries_conf.h"
#include "frontend/unpack/store_ids.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "debug", .short_name = 'D', .value_name = "", .help = "accepted and ignored"},
}};

constexpr size_t kMostText = 1 << 20;

Json json_ranges(const std::vector<unpack::IdRange>& ranges) {
  Json list = Json::array();
  for (const unpack::IdRange& range : ranges) {
    list.push_back(
        {{"container_id", range.inside}, {"host_id", range.outside}, {"size", range.count}});
  }
  return list;
}

Json json_mappings() {
  const Result<unpack::StoreIds> ids = unpack::find_store_ids();
  // Root's map says nothing: every id is itself.
  if (!ids || ids->kind == unpack::StoreIds::Kind::Root) {
    return {{"gidmap", nullptr}, {"uidmap", nullptr}};
  }
  return {{"gidmap", json_ranges(ids->gids)}, {"uidmap", json_ranges(ids->uids)}};
}

Json controllers_of(bool unified) {
  const char* path = unified ? "/sys/fs/cgroup/cgroup.controllers" : "/proc/cgroups";
  const Result<std::string> text = sys::read_file(AT_FDCWD, path, kMostText);
  Json list = Json::array();
  if (!text) return list;
  for (const std::string& line : bundle::split(*text, unified ? ' ' : '\n')) {
    const std::string name(bundle::split_pair(bundle::split_pair(line, '\t').first, '\n').first);
    if (!name.empty() && name[0] != '#') list.push_back(name);
  }
  return list;
}

std::string up_time() {
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/proc/uptime", kMostText);
  const int64_t all =
      text ? bundle::parse_number(bundle::split_pair(*text, '.').first).value_or(0) : 0;
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 3600;
  return fmt::format("{}h {}m {}s", all / kHour, all % kHour / kMinute, all % kMinute);
}

Json json_program(const std::string& name, const std::string& path) {
  return {{"name", name}, {"path", path}, {"version", path.empty() ? "" : first_line_of(path)}};
}

Json host_of(const Containers& containers) {
  utsname names = {};
  (void)::uname(&names);
  const bool unified = sys::cgroup_version("/sys/fs/cgroup") == sys::CgroupVersion::V2;
  const containers::Programs& programs = containers.runtime().programs();
  const std::string& manager = containers.settings().cgroup_manager;
  const std::string& driver = containers.settings().log_driver;
  Json host = {{"arch", go_architecture()},
               {"cgroupControllers", controllers_of(unified)},
               {"cgroupManager", manager.empty() ? "cgroupfs" : manager},
               {"cgroupVersion", unified ? "v2" : "v1"},
               {"conmon", json_program("ocirt-shim", programs.shim)},
               {"cpus", ::sysconf(_SC_NPROCESSORS_ONLN)},
               {"distribution",
                {{"codename", os_release("VERSION_CODENAME")},
                 {"distribution", os_release("ID")},
                 {"version", os_release("VERSION_ID")}}},
               {"hostname", names.nodename},
               {"idMappings", json_mappings()},
               {"kernel", names.release},
               {"logDriver", driver.empty() ? "k8s-file" : driver},
               {"memFree", memory_info("MemFree")},
               {"memTotal", memory_info("MemTotal")},
               {"networkBackend", ::geteuid() == 0 ? "netavark" : "pasta"},
               {"ociRuntime", json_program("ocirt", programs.runtime)},
               {"os", "linux"}};
  host["pasta"] = {{"executable", sys::find_program("pasta")}};
  host["slirp4netns"] = {{"executable", sys::find_program("slirp4netns")}};
  const bool has_profile = sys::exists("/etc/containers/seccomp.json");
  host["security"] = {{"apparmorEnabled", sys::exists("/sys/kernel/security/apparmor")},
                      {"capabilities", ""},
                      {"rootless", ::geteuid() != 0},
                      {"seccompEnabled", true},
                      {"seccompProfilePath", has_profile ? "/etc/containers/seccomp.json"
                                                         : "/usr/share/containers/seccomp.json"},
                      {"selinuxEnabled", sys::exists("/sys/fs/selinux/enforce")}};
  std::string capabilities;
  for (const std::string& each : containers.settings().capabilities) {
    capabilities += (capabilities.empty() ? "CAP_" : ",CAP_") + each;
  }
  host["security"]["capabilities"] = capabilities;
  host["serviceIsRemote"] = false;
  host["swapFree"] = memory_info("SwapFree");
  host["swapTotal"] = memory_info("SwapTotal");
  host["uptime"] = up_time();
  return host;
}

Result<Json> store_of(const Context& context, Containers& containers) {
  const std::string& root = context.store().root();
  const std::vector<Containers::Found> all = TRY(containers.all());
  int64_t running = 0;
  int64_t paused = 0;
  for (const Containers::Found& found : all) {
    if (found.status.state == containers::State::Paused) ++paused;
    if (found.status.state == containers::State::Running) ++running;
  }
  const auto count = static_cast<int64_t>(all.size());
  struct statvfs space = {};
  (void)::statvfs(root.c_str(), &space);
  const uint64_t total = uint64_t{space.f_blocks} * space.f_frsize;
  return Json{{"containerStore",
               {{"number", count},
                {"paused", paused},
                {"running", running},
                {"stopped", count - running - paused}}},
              {"graphDriverName", "overlay"},
              {"graphOptions", Json::object()},
              {"graphRoot", root},
              {"graphRootAllocated", total},
              {"graphRootUsed", total - uint64_t{space.f_bfree} * space.f_frsize},
              {"graphStatus", {{"Backing Filesystem", file_system_name(root)}}},
              {"imageStore", {{"number", context.images().size()}}},
              {"runRoot", context.run_root()},
              {"volumePath", root + "/volumes"}};
}

Json registries_json() {
  Json json = Json::object();
  const Result<registry::RegistriesConf> conf = registry::load_registries_conf();
  if (!conf) return json;
  if (conf->has_search) json["search"] = conf->search;
  for (const registry::RegistryRule& rule : conf->rules) {
    Json mirrors = Json::array();
    for (const registry::Mirror& mirror : rule.mirrors) mirrors.push_back(mirror.location);
    json[rule.prefix] = {{"Prefix", rule.prefix},
                         {"Location", rule.location},
                         {"Insecure", rule.insecure},
                         {"Blocked", rule.blocked},
                         {"Mirrors", mirrors}};
  }
  return json;
}

// YAML of what has no anchors, no long texts and no lists in lists. As podman prints it.
void print_yaml(const Json& value, int depth, std::string& text);

std::string yaml_scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const std::string text = value.get<std::string>();
  const bool is_plain = !text.empty() && text.find(": ") == std::string::npos &&
                        text.find_first_of("#{}[]&*!|>'\"%@`\n") == std::string::npos &&
                        !std::isdigit(static_cast<unsigned char>(text[0])) && text != "true" &&
                        text != "false" && text != "null" && text[0] != '-' && text[0] != ' ';
  return is_plain ? text : value.dump();
}

void print_yaml_member(const std::string& head, const Json& value, int depth, std::string& text) {
  if (value.is_structured() && !value.empty()) {
    text += head + '\n';
    print_yaml(value, value.is_array() ? depth : depth + 1, text);
  } else {
    text += head + ' ' + yaml_scalar(value) + '\n';
  }
}

void print_yaml(const Json& value, int depth, std::string& text) {
  const std::string indent(static_cast<size_t>(depth) * 2, ' ');
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      print_yaml_member(indent + key + ':', member, depth, text);
    }
    return;
  }
  for (const Json& item : value) {
    if (!item.is_object()) {
      text += indent + "- " + yaml_scalar(item) + '\n';
      continue;
    }
    std::string inner;
    print_yaml(item, depth + 1, inner);
    inner[indent.size()] = '-';  // instead of the first member's indent
    text += inner;
  }
}

// In templates members have Go's names: .Host.OCIRuntime.Name.
std::string go_name(const std::string& name) {
  static constexpr std::pair<std::string_view, std::string_view> kSpecial[] = {
      {"ociRuntime", "OCIRuntime"},
      {"os", "OS"},
      {"cpus", "CPUs"},
      {"idMappings", "IDMappings"},
      {"uidmap", "UIDMap"},
      {"gidmap", "GIDMap"},
      {"apparmorEnabled", "AppArmorEnabled"},
      {"seccompEnabled", "SECCOMPEnabled"},
      {"seccompProfilePath", "SECCOMPProfilePath"},
      {"selinuxEnabled", "SELinuxEnabled"},
      {"slirp4netns", "Slirp4NetNS"},
      {"capabilities", "DefaultCapabilities"}};
  for (const auto& [ours, theirs] : kSpecial) {
    if (name == ours) return std::string(theirs);
  }
  std::string result = name;
  if (!result.empty()) result[0] = static_cast<char>(std::toupper(result[0]));
  return result;
}

Json with_go_names(const Json& value, bool is_map = false) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& each : value) list.push_back(with_go_names(each));
    return list;
  }
  if (!value.is_object()) return value;
  Json object = Json::object();
  for (const auto& [key, member] : value.items()) {
    // These two are maps: their keys are data.
    const bool keeps = key == "graphStatus" || key == "registries";
    object[is_map ? key : go_name(key)] = with_go_names(member, keeps);
  }
  return object;
}

Result<int> run(Context& context, const Line& line) {
  Containers containers = TRY(Containers::open(context));
  const Json info = {{"host", host_of(containers)},
                     {"plugins",
                      {{"log", {"k8s-file", "none", "passthrough", "journald"}},
                       {"network", {"bridge"}},
                       {"volume", {"local"}}}},
                     {"registries", registries_json()},
                     {"store", TRY(store_of(context, containers))},
                     {"version",
                      {{"APIVersion", OCIRT_VERSION},
                       {"GitCommit", OCIRT_COMMIT},
                       {"Os", "linux"},
                       {"OsArch", "linux/" + go_architecture()},
                       {"Version", OCIRT_VERSION}}}};
  const std::string format = line.value("format");
  if (is_json_format(format)) {
    TRY(print(info.dump(2) + '\n'));
  } else if (!format.empty()) {
    TRY(print(TRY(render_template(format, with_go_names(info))) + '\n'));
  } else {
    std::string text;
    print_yaml(info, 0, text);
    TRY(print(text));
  }
  return 0;
}

}  // namespace

const Verb kInfo = {.name = "info",
                    .words = "",
                    .help = "show what this host and the store are like",
                    .options = kOptions,
                    .most_words = 0,
                    .run = run};

}  // namespace ocirt::frontend
