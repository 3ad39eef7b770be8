// ocictl doctor: what keeps containers from running here, or from running well, and the cure.
#include <fcntl.h>
#include <fmt/core.h>
#include <pwd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/host_words.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/load_settings.h"
#include "frontend/network/network.h"
#include "frontend/registry/policy.h"
#include "frontend/registry/registries_conf.h"
#include "frontend/unpack/store_ids.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "table or json"},
}};

// The words of `ocirt doctor`, whose findings come first.
struct Finding {
  std::string verdict;  // "yes", "partly" or "no"
  std::string topic;
  std::string text;
  std::string cure;
};

Finding fine(const char* topic, std::string text) {
  return {.verdict = "yes", .topic = topic, .text = std::move(text), .cure = ""};
}

Finding partly(const char* topic, std::string text, std::string cure) {
  return {.verdict = "partly", .topic = topic, .text = std::move(text), .cure = std::move(cure)};
}

Finding bad(const char* topic, std::string text, std::string cure) {
  return {.verdict = "no", .topic = topic, .text = std::move(text), .cure = std::move(cure)};
}

Finding bad(const char* topic, const Error& error) {
  return bad(topic, error.message(), error.hint);
}

// Overlayfs keeps its upper layers on file systems with attributes of users and d_type; those of
// other machines have neither, and their locks are slow.
Finding check_store(const Context& context) {
  const std::string& root = context.store().root();
  const std::string name = file_system_name(root);
  for (const char* remote : {"nfs", "gpfs", "lustre", "smb", "cifs", "ceph", "fuse"}) {
    if (name != remote) continue;
    return bad("store", fmt::format("{} lies on {}, which can't hold layers", root, name),
               "choose a local disk: ocictl --root DIR, or OCICTL_ROOT");
  }
  struct statvfs space = {};
  if (::statvfs(root.c_str(), &space) != 0) return fine("store", root);
  const uint64_t free_bytes = uint64_t{space.f_bavail} * space.f_frsize;
  constexpr uint64_t kLittle = 5'000'000'000;
  const std::string text = fmt::format("{} on {}, {} free", root, name, human_size(free_bytes));
  if (free_bytes < kLittle) {
    return partly("store", text, "ocictl system prune, or a larger disk for --root");
  }
  return fine("store", text);
}

Finding check_ids() {
  const Result<unpack::StoreIds> ids = unpack::find_store_ids();
  if (!ids) return bad("users", ids.error());
  switch (ids->kind) {
    case unpack::StoreIds::Kind::Root:
      return fine("users", "root: containers have the host's ids");
    case unpack::StoreIds::Kind::Ranges: {
      uint64_t count = 0;
      for (const unpack::IdRange& range : ids->uids) count += range.count;
      return fine("users", fmt::format("{} ids for containers", count));
    }
    case unpack::StoreIds::Kind::Single:
      break;
  }
  return partly("users", fmt::format("containers have one id, yours: {}", ids->why_single),
                "as root: usermod --add-subuids 165536-231071 --add-subgids 165536-231071 USER");
}

Finding check_network() {
  if (::geteuid() == 0) {
    for (const char* path : {"/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"}) {
      if (sys::can_execute(path)) return fine("network", fmt::format("bridges by {}", path));
    }
    if (const std::string path = sys::find_program("netavark"); !path.empty()) {
      return fine("network", fmt::format("bridges by {}", path));
    }
    return bad("network", "no netavark: containers can't have a bridge",
               "apt install netavark aardvark-dns; --network host or none need nothing");
  }
  const Result<std::string> kind = network::kind_of("", false);
  return kind ? fine("network", fmt::format("by {}", *kind)) : bad("network", kind.error());
}

Finding check_seccomp(const bundle::Settings& settings) {
  std::vector<std::string> paths = {"/etc/containers/seccomp.json",
                                    "/usr/share/containers/seccomp.json"};
  if (!settings.seccomp_profile.empty()) paths = {settings.seccomp_profile};
  for (const std::string& path : paths) {
    if (path == "unconfined") return partly("filter", "containers.conf turns seccomp off", "");
    if (sys::exists(path.c_str())) return fine("filter", path);
  }
  return bad("filter", fmt::format("no seccomp profile: {} is missing", paths.back()),
             "apt install golang-github-containers-common");
}

Finding check_init() {
  for (const char* name : {"catatonit", "tini"}) {
    if (!sys::find_program(name).empty()) return fine("init", fmt::format("--init takes {}", name));
  }
  return partly("init", "neither catatonit nor tini: --init can't be had", "apt install catatonit");
}

std::vector<Finding> check_registries() {
  std::vector<Finding> findings;
  const Result<registry::RegistriesConf> conf = registry::load_registries_conf();
  findings.push_back(conf ? fine("registries", conf->file) : bad("registries", conf.error()));
  const Result<std::string> policy = registry::load_policy("");
  if (!policy) findings.push_back(bad("policy", policy.error()));
  return findings;
}

// Without lingering systemd ends all of a user's processes when the last session ends.
std::vector<Finding> check_logout() {
  if (::geteuid() == 0 || !sys::exists("/run/systemd/system")) return {};
  const passwd* user = ::getpwuid(::geteuid());
  const std::string name = user == nullptr ? fmt::format("{}", ::geteuid()) : user->pw_name;
  if (sys::exists(("/var/lib/systemd/linger/" + name).c_str())) {
    return {fine("logout", "containers stay after you log out")};
  }
  return {partly("logout", "containers may be ended when you log out",
                 fmt::format("loginctl enable-linger {}", name))};
}

// What the runtime finds out about the kernel.
std::vector<Finding> runtime_findings(const std::string& runtime, bool& can_run) {
  sys::Program program{.path = runtime,
                       .args = {runtime, "doctor", "--format", "json"},
                       .env = containers::own_environment()};
  const Result<sys::ProgramOutcome> outcome = sys::run_program(std::move(program), "", -1);
  const Json json = outcome ? Json::parse(outcome->output, nullptr, false) : Json();
  std::vector<Finding> findings;
  if (!json.is_object() || !json.contains("findings")) {
    findings.push_back(bad("runtime", fmt::format("{} has no answer", runtime), ""));
    can_run = false;
    return findings;
  }
  can_run = json.value("canRun", false);
  for (const Json& each : json["findings"]) {
    findings.push_back({.verdict = each.value("verdict", "no"),
                        .topic = each.value("topic", ""),
                        .text = each.value("text", ""),
                        .cure = each.value("cure", "")});
  }
  return findings;
}

// All of them; without these no container runs: programs, containers.conf, the filter.
std::vector<Finding> examine(const Context& context, bool& can_run) {
  std::vector<Finding> findings;
  const auto add = [&](Finding finding, bool is_vital) {
    can_run = can_run && (!is_vital || finding.verdict != "no");
    findings.push_back(std::move(finding));
  };
  const Result<containers::Programs> programs = containers::find_programs(context.runtime());
  if (programs) {
    findings = runtime_findings(programs->runtime, can_run);
    add(fine("programs", fmt::format("{}, {}", programs->runtime, programs->shim)), false);
  } else {
    add(bad("programs", programs.error()), true);
  }
  add(check_store(context), true);
  add(check_ids(), true);
  const Result<bundle::Settings> settings = containers::load_settings();
  if (settings) {
    add(check_seccomp(*settings), true);
  } else {
    add(bad("settings", settings.error()), true);
  }
  add(check_network(), false);
  add(check_init(), false);
  for (Finding& each : check_registries()) add(std::move(each), false);
  for (Finding& each : check_logout()) add(std::move(each), false);
  return findings;
}

constexpr const char* kSentences[] = {"No container can run here.", "A container can run here."};

std::string table(const std::vector<Finding>& findings, bool can_run) {
  std::string text;
  for (const Finding& each : findings) {
    text += fmt::format("{:>6}  {:<10}  {}\n", each.verdict, each.topic, each.text);
    if (!each.cure.empty()) text += fmt::format("{:20}cure: {}\n", "", each.cure);
  }
  return text + fmt::format("\n{}\n", kSentences[can_run ? 1 : 0]);
}

std::string json(const std::vector<Finding>& findings, bool can_run) {
  Json list = Json::array();
  for (const Finding& each : findings) {
    list.push_back({{"verdict", each.verdict}, {"topic", each.topic}, {"text", each.text}});
    if (!each.cure.empty()) list.back()["cure"] = each.cure;
  }
  return Json{{"canRun", can_run}, {"findings", list}}.dump(2) + '\n';
}

Result<int> run(Context& context, const Line& line) {
  const std::string format = line.has("format") ? line.value("format") : "table";
  if (format != "table" && format != "json") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("doctor --format {}: neither table nor json", format));
  }
  bool can_run = true;
  const std::vector<Finding> findings = examine(context, can_run);
  TRY(print(format == "json" ? json(findings, can_run) : table(findings, can_run)));
  return can_run ? 0 : 1;
}

}  // namespace

const Verb kDoctor = {.name = "doctor",
                      .words = "",
                      .help = "tell what this host can and can't do, and the cure",
                      .options = kOptions,
                      .most_words = 0,
                      .run = run};

}  // namespace ocirt::frontend
