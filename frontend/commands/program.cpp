// The table of verbs, and the one place that reports an error.
#include "frontend/commands/program.h"

#include <signal.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/command_line.h"
#include "frontend/commands/completion.h"
#include "frontend/commands/context.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 6> kGlobalOptions = {{
    {.name = "root",
     .value_name = "DIR",
     .help = "of the store (/var/lib/ocirt, or ~/.local/share/ocirt)"},
    {.name = "additional-store", .value_name = "DIR", .help = "a store that is only read"},
    {.name = "runroot",
     .value_name = "DIR",
     .help = "of what is running (/run/ocictl, or $XDG_RUNTIME_DIR/ocictl)"},
    {.name = "runtime", .value_name = "PATH", .help = "the OCI runtime (ocirt)"},
    {.name = "log-level", .value_name = "LEVEL", .help = "error, warning or debug"},
    {.name = "version", .short_name = 'v', .value_name = "", .help = "show the version"},
}};

// All verbs by their own names.
constexpr std::array kVerbs = {
    // Containers.
    &kRun, &kCreate, &kStart, &kAttach, &kExec, &kStop, &kRestart, &kKill, &kPause, &kUnpause, &kRm,
    &kPs, &kLogs, &kWait, &kRename, &kContainerPrune, &kContainerExists, &kContainerCleanup, &kCp,
    &kDiff, &kExport, &kCommit, &kContainerInspect, &kTop, &kStats, &kPort, &kUpdate,
    &kHealthcheckRun, &kHealthWatch, &kEvents,
    // Volumes and networks.
    &kVolumeCreate, &kVolumeLs, &kVolumeInspect, &kVolumeExists, &kVolumeRm, &kVolumePrune,
    &kNetworkCreate, &kNetworkLs, &kNetworkInspect, &kNetworkExists, &kNetworkRm, &kNetworkPrune,
    // Images.
    &kPull, &kImages, &kRmi, &kImageInspect, &kImageExists, &kPush, &kTag, &kUntag, &kHistory,
    &kImagePrune, &kImageVerify, &kLoad, &kImport, &kSave, &kGpuLs,
    // Anything, and this host.
    &kInspect, &kInfo, &kVersion, &kDoctor,
    // Registries, and the store.
    &kLogin, &kLogout, &kCompletion, &kSystemDf, &kSystemMigrate, &kSystemPrune, &kSystemReset,
    &kSystemShare};

struct Alias {
  std::string_view name;
  const Verb& verb;
};

// Verbs that have a second name.
constexpr Alias kAliases[] = {
    {"container attach", kAttach},   {"container commit", kCommit},
    {"container cp", kCp},           {"container create", kCreate},
    {"container diff", kDiff},       {"container exec", kExec},
    {"container export", kExport},   {"container kill", kKill},
    {"container list", kPs},         {"container logs", kLogs},
    {"container ls", kPs},           {"container pause", kPause},
    {"container port", kPort},       {"container ps", kPs},
    {"container rename", kRename},   {"container restart", kRestart},
    {"container rm", kRm},           {"container run", kRun},
    {"container start", kStart},     {"container stats", kStats},
    {"container stop", kStop},       {"container top", kTop},
    {"container unpause", kUnpause}, {"container update", kUpdate},
    {"container wait", kWait},       {"gpu list", kGpuLs},
    {"image history", kHistory},     {"image import", kImport},
    {"image list", kImages},         {"image load", kLoad},
    {"image ls", kImages},           {"image pull", kPull},
    {"image push", kPush},           {"image rm", kRmi},
    {"image save", kSave},           {"image tag", kTag},
    {"image untag", kUntag},         {"system info", kInfo},
};

}  // namespace

std::vector<Verb> all_verbs() {
  std::vector<Verb> verbs;
  verbs.reserve(kVerbs.size() + std::size(kAliases));
  for (const Verb* verb : kVerbs) verbs.push_back(*verb);
  for (const Alias& alias : kAliases) {
    verbs.push_back(alias.verb);
    verbs.back().name = alias.name;
  }
  return verbs;
}

std::span<const Option> global_options() {
  return kGlobalOptions;
}

namespace {

Result<int> run(const std::vector<std::string>& arguments) {
  // What the shells' completions ask; a verb would have its words taken for options.
  if (!arguments.empty() && arguments[0] == kCompleteVerb) {
    TRY(print(completions_for({arguments.begin() + 1, arguments.end()})));
    return 0;
  }
  const std::vector<Verb> table = all_verbs();
  std::vector<const Verb*> verbs;
  verbs.reserve(table.size());
  for (const Verb& verb : table) verbs.push_back(&verb);
  const Parsed parsed = TRY(parse_line(verbs, kGlobalOptions, arguments));
  if (parsed.globals.flag("version")) {
    TRY(print("ocictl version " OCIRT_VERSION "\n"));
    return 0;
  }
  if (parsed.verb == nullptr) {
    TRY(print(parsed.text));
    return parsed.status;
  }
  LogOptions log{.program = "Error"};
  if (parsed.globals.value("log-level") == "debug") log.level = LogLevel::Debug;
  open_log(log);
  Context context = TRY(Context::make(parsed.globals));
  return parsed.verb->run(context, parsed.line);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  (void)::signal(SIGPIPE, SIG_IGN);  // an unpacker that ends early says why
  open_log({.program = "Error"});    // as podman's errors begin, which scripts look for
  const Result<int> status = run(arguments);
  if (status) return *status;
  log_error(status.error());
  constexpr int kEngineError = 125;
  return kEngineError;
}

}  // namespace ocirt::frontend
