// ocictl pull: fetches images from registries.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/pull.h"
#include "frontend/commands/transport.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 16> kOptions = {{
    {.name = "all-platforms",
     .value_name = "",
     .help = "pull the image for each platform that there is; the name means this machine's"},
    {.name = "all-tags",
     .short_name = 'a',
     .value_name = "",
     .help = "pull all tags of the repository"},
    {.name = "arch", .value_name = "ARCH", .help = "of this architecture, as arm64"},
    {.name = "authfile", .value_name = "FILE", .help = "where credentials are kept"},
    {.name = "cert-dir", .value_name = "DIR", .help = "certificates for the registry"},
    {.name = "creds", .value_name = "USER[:PASSWORD]", .help = "credentials for the registry"},
    {.name = "disable-content-trust", .value_name = "", .help = "accepted and ignored"},
    {.name = "os", .value_name = "OS", .help = "for this operating system"},
    {.name = "platform", .value_name = "OS/ARCH[/VARIANT]", .help = "for this platform"},
    {.name = "policy", .value_name = "WHEN", .help = "always, missing, never or newer (always)"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "print only the id"},
    {.name = "retry", .value_name = "N", .help = "accepted: failures are retried 3 times"},
    {.name = "retry-delay", .value_name = "S", .help = "accepted: 1, 2 and 4 seconds"},
    {.name = "signature-policy", .value_name = "FILE", .help = "instead of policy.json"},
    {.name = "tls-verify", .value_name = "", .help = "=false: any certificate, or plain HTTP"},
    {.name = "variant", .value_name = "VARIANT", .help = "of this variant, as v8"},
}};

struct Pull {
  Context& context;
  const Line& line;
  images::Progress& progress;
  registry::Platform platform;
};

Result<std::string> pull_reference(const Pull& pull, const registry::Reference& reference) {
  pull.progress.line(fmt::format("Trying to pull {}...", reference.text()));
  images::Sources sources =
      TRY(open_sources(pull.context, pull.line, reference, "pull", pull.progress));
  images::PullRequest request{
      .reference = reference,
      .platform = pull.platform,
      .sources = &sources,
      .name = reference.tag.empty() ? "" : reference.name() + ':' + reference.tag};
  unpack::Helper* helper = TRY(pull.context.helper());
  if (!pull.line.flag("all-platforms")) {
    return images::pull(pull.context.store(), *helper, request, pull.progress);
  }
  // This machine's last: the name means what was pulled last.
  std::vector<registry::Platform> platforms = TRY(images::fetch_platforms(request));
  std::stable_partition(platforms.begin(), platforms.end(),
                        [&](const registry::Platform& each) { return each != pull.platform; });
  Result<std::string> id = make_error(ErrorKind::NotFound, "the index lists no image");
  for (const registry::Platform& platform : platforms) {
    pull.progress.line(fmt::format("For {}:", platform.text()));
    request.platform = platform;
    id = images::pull(pull.context.store(), *helper, request, pull.progress);
    if (!id) break;
  }
  return id;
}

Result<std::string> pull_any(const Pull& pull, const std::string& text) {
  std::vector<registry::Reference> candidates = TRY(resolve_name(text, pull.progress));
  Result<std::string> id = make_error(ErrorKind::NotFound, fmt::format("{}: no such image", text));
  for (size_t i = 0; i < candidates.size(); ++i) {
    Result<std::string> tried = pull_reference(pull, candidates[i]);
    if (tried) return tried;
    // The first source is the one people mean: its word counts, unless it just hasn't the image.
    if (i == 0 || id.error().kind == ErrorKind::NotFound) id = std::move(tried);
  }
  return std::move(id).error();
}

Result<> pull_one(const Pull& pull, const std::string& text) {
  const std::string policy = pull.line.has("policy") ? pull.line.value("policy") : "always";
  if (policy == "missing" || policy == "never") {
    const Result<Found> found = pull.context.find(text);
    if (found) return print(found->image.id + '\n');
    if (policy == "never") return found.error();
  }
  return print(TRY(pull_any(pull, text)) + '\n');
}

Result<> pull_all_tags(const Pull& pull, const std::string& text) {
  for (const registry::Reference& reference : TRY(resolve_name(text, pull.progress))) {
    images::Sources sources =
        TRY(open_sources(pull.context, pull.line, reference, "pull", pull.progress));
    for (const std::string& tag : TRY(list_tags(*sources.back()))) {
      registry::Reference tagged = reference;
      tagged.tag = tag;
      TRY(print(TRY(pull_reference(pull, tagged)) + '\n'));
    }
    return {};
  }
  return {};
}

Result<int> run(Context& context, const Line& line) {
  // Before credentials are read: the helper gets a copy of our memory.
  (void)TRY(context.helper());
  if (line.flag("all-platforms") && names_platform(line)) {
    return make_error(ErrorKind::InvalidConfig, "--all-platforms and a platform contradict");
  }
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  const Pull pull{.context = context,
                  .line = line,
                  .progress = progress,
                  .platform = TRY(wanted_platform(line))};
  for (const std::string& word : line.words()) {
    Result<> done = line.flag("all-tags") ? pull_all_tags(pull, word) : pull_one(pull, word);
    if (!done) return std::move(done).error();
  }
  return 0;
}

}  // namespace

Result<std::string> pull_image(Context& context, const Line& line, const std::string& name) {
  (void)TRY(context.helper());
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  const Pull pull{.context = context,
                  .line = line,
                  .progress = progress,
                  .platform = TRY(wanted_platform(line))};
  return pull_any(pull, name);
}

const Verb kPull = {.name = "pull",
                    .words = "IMAGE [IMAGE...]",
                    .help = "pull images from registries",
                    .options = kOptions,
                    .fewest_words = 1,
                    .run = run};

}  // namespace ocirt::frontend
