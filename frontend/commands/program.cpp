// The table of verbs, and the one place that reports an error.
#include "frontend/commands/program.h"

#include <signal.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/command_line.h"
#include "frontend/commands/context.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 4> kGlobalOptions = {{
    {.name = "root",
     .value_name = "DIR",
     .help = "of the store (/var/lib/ocirt, or ~/.local/share/ocirt)"},
    {.name = "additional-store", .value_name = "DIR", .help = "a store that is only read"},
    {.name = "log-level", .value_name = "LEVEL", .help = "error, warning or debug"},
    {.name = "version", .short_name = 'v', .value_name = "", .help = "show the version"},
}};

Verb renamed(const Verb& verb, std::string_view name) {
  Verb other = verb;
  other.name = name;
  return other;
}

// Verbs that have two names.
const Verb kImageInspectLong = renamed(kImageInspect, "image inspect");
const Verb kImageList = renamed(kImages, "image list");
const Verb kImageLs = renamed(kImages, "image ls");
const Verb kImagePull = renamed(kPull, "image pull");
const Verb kImageRm = renamed(kRmi, "image rm");
const Verb kImagePush = renamed(kPush, "image push");
const Verb kImageTag = renamed(kTag, "image tag");
const Verb kImageUntag = renamed(kUntag, "image untag");
const Verb kImageHistory = renamed(kHistory, "image history");

const Verb kImageImport = renamed(kImport, "image import");
const Verb kImageLoad = renamed(kLoad, "image load");
const Verb kImageSave = renamed(kSave, "image save");

const Verb kGpuList = renamed(kGpuLs, "gpu list");

std::vector<const Verb*> all_verbs() {
  return {&kPull,       &kImagePull,   &kImages,       &kImageLs,          &kImageList,
          &kRmi,        &kImageRm,     &kImageInspect, &kImageInspectLong, &kImageExists,
          &kLogin,      &kLogout,      &kPush,         &kImagePush,        &kTag,
          &kImageTag,   &kUntag,       &kImageUntag,   &kHistory,          &kImageHistory,
          &kImagePrune, &kImageVerify, &kSystemDf,     &kSystemPrune,      &kSystemReset,
          &kLoad,       &kImageLoad,   &kImport,       &kImageImport,      &kSave,
          &kImageSave,  &kGpuLs,       &kGpuList};
}

Result<int> run(const std::vector<std::string>& arguments) {
  const std::vector<const Verb*> verbs = all_verbs();
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
