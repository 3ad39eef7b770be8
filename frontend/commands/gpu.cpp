// ocictl gpu ls: this host's GPUs, who may use them, and which containers hold them.
#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "hooks/nvidia/host/gpu_table.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 4> kOptions = {{
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "noheading",
     .short_name = 'n',
     .value_name = "",
     .help = "without the line of titles"},
    {.name = "runtime", .value_name = "PATH", .help = "whose containers (ocirt)"},
    {.name = "runtime-root",
     .value_name = "DIR",
     .help = "where the runtime has their states, any number (the runtime's own default)"},
}};

// The runtime that was installed beside us, or the one on the PATH.
std::string find_runtime(const Line& line) {
  if (line.has("runtime")) return line.value("runtime");
  const std::string self = sys::read_link(AT_FDCWD, "/proc/self/exe").value_or("");
  const std::string beside = self.substr(0, self.rfind('/') + 1) + "ocirt";
  return ::access(beside.c_str(), X_OK) == 0 ? beside : sys::find_program("ocirt");
}

Result<std::vector<nvidia::RunningContainer>> list_containers(const Line& line) {
  std::vector<nvidia::RunningContainer> containers;
  const std::string runtime = find_runtime(line);
  if (runtime.empty()) {
    return make_error(ErrorKind::NotFound, "there is no ocirt to ask for containers")
        .with_hint("--runtime PATH names it");
  }
  std::vector<std::string> roots = line.values("runtime-root");
  if (roots.empty()) roots.emplace_back();
  std::vector<std::string> env = {"PATH=/usr/local/bin:/usr/bin:/bin"};
  for (const char* name : {"XDG_RUNTIME_DIR", "HOME"}) {
    if (const char* value = ::getenv(name)) env.push_back(fmt::format("{}={}", name, value));
  }
  for (const std::string& root : roots) {
    std::vector<std::string> words = {runtime};
    if (!root.empty()) words.insert(words.end(), {"--root", root});
    words.insert(words.end(), {"list", "--format", "json"});
    const Json list = Json::parse(
        TRY(sys::capture_program({.path = runtime, .args = words, .env = env})), nullptr, false);
    if (!list.is_array()) {
      return make_error(ErrorKind::System, fmt::format("{} list: its answer is no list", runtime));
    }
    for (const Json& one : list) {
      if (!one.is_object() || one.value("status", "") == "stopped") continue;
      containers.push_back({.name = one.value("id", ""), .pid = one.value("pid", 0)});
    }
  }
  return containers;
}

std::string user_name(uint32_t uid) {
  const passwd* entry = ::getpwuid(uid);
  return entry == nullptr ? fmt::format("{}", uid) : entry->pw_name;
}

std::string group_name(uint32_t gid) {
  const group* entry = ::getgrgid(gid);
  return entry == nullptr ? fmt::format("{}", gid) : entry->gr_name;
}

// By the node's mode; access lists and device cgroups come on top.
std::string users_of(const nvidia::Node& node) {
  constexpr uint32_t kEverybody = 06;
  constexpr uint32_t kGroup = 060;
  if ((node.mode & kEverybody) == kEverybody) return "everybody";
  if ((node.mode & kGroup) == kGroup) return "group " + group_name(node.gid);
  return user_name(node.uid);
}

Json fields_of(const nvidia::GpuRow& row, const nvidia::GpuTable& table) {
  Json slices = Json::array();
  for (const nvidia::MigDevice& mig : row.gpu.migs) {
    slices.push_back(
        {{"GpuInstance", mig.gpu_instance}, {"ComputeInstance", mig.compute_instance}});
  }
  return {{"Index", row.gpu.index},        {"UUID", row.gpu.uuid},
          {"Model", row.gpu.model},        {"PCIAddress", row.gpu.pci_address},
          {"Device", row.gpu.node.path},   {"Driver", table.driver_version},
          {"Slices", std::move(slices)},   {"Users", users_of(row.gpu.node)},
          {"Usable", row.trouble.empty()}, {"Trouble", row.trouble},
          {"Containers", row.containers}};
}

std::string print_rows(const nvidia::GpuTable& table, bool has_titles) {
  std::vector<std::vector<std::string>> cells;
  if (has_titles) {
    cells.push_back({"GPU", "MODEL", "UUID", "SLICES", "USERS", "USABLE", "CONTAINERS"});
  }
  for (const nvidia::GpuRow& row : table.rows) {
    cells.push_back({fmt::format("{}", row.gpu.index), row.gpu.model,
                     row.gpu.uuid.empty() ? "(not yet known)" : row.gpu.uuid,
                     fmt::format("{}", row.gpu.migs.size()), users_of(row.gpu.node),
                     row.trouble.empty() ? "yes" : "no: " + row.trouble,
                     fmt::format("{}", fmt::join(row.containers, ","))});
  }
  return print_table(cells);
}

Result<int> run(Context&, const Line& line) {
  const nvidia::HostView host = TRY(nvidia::HostView::open({}));
  const std::vector<nvidia::RunningContainer> containers = TRY(list_containers(line));
  const nvidia::GpuTable table = TRY(nvidia::make_gpu_table(host, containers));
  for (const std::string& name : table.unknown) {
    log_warning(fmt::format("{}: we may not look into it", name));
  }
  if (!line.has("format")) {
    TRY(print(print_rows(table, !line.flag("noheading"))));
    return 0;
  }
  Json rows = Json::array();
  for (const nvidia::GpuRow& row : table.rows) rows.push_back(fields_of(row, table));
  std::string text;
  if (is_json_format(line.value("format"))) {
    text = rows.dump(4, ' ', false, Json::error_handler_t::replace) + '\n';
  } else {
    for (const Json& row : rows) text += TRY(render_template(line.value("format"), row)) + '\n';
  }
  TRY(print(text));
  return 0;
}

}  // namespace

const Verb kGpuLs = {.name = "gpu ls",
                     .words = "",
                     .help = "list the GPUs, and the containers that hold them",
                     .options = kOptions,
                     .most_words = 0,
                     .run = run};

}  // namespace ocirt::frontend
