// ocictl version: of the programs that work together.
#include <fmt/core.h>

#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/host_words.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/places.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
}};

Result<int> run(Context& context, const Line& line) {
  const std::string platform = fmt::format("linux/{}", go_architecture());
  Json client = {{"APIVersion", OCIRT_VERSION},
                 {"Version", OCIRT_VERSION},
                 {"GitCommit", OCIRT_COMMIT},
                 {"OsArch", platform},
                 {"Os", "linux"}};
  const std::string format = line.value("format");
  if (is_json_format(format)) {
    TRY(print(Json{{"Client", client}}.dump() + '\n'));
    return 0;
  }
  if (!format.empty()) {
    // Docker's has a server, and scripts ask for either.
    TRY(print(TRY(render_template(format, Json{{"Client", client}, {"Server", client}})) + '\n'));
    return 0;
  }
  std::string text = fmt::format(
      "Client:       ocictl\nVersion:      {}\nAPI Version:  {}\nGit Commit:   {}\nOS/Arch:      "
      "{}\n",
      OCIRT_VERSION, OCIRT_VERSION, OCIRT_COMMIT, platform);
  if (const auto programs = containers::find_programs(context.runtime())) {
    text += fmt::format("Runtime:      {}\nMonitor:      {}\n", first_line_of(programs->runtime),
                        first_line_of(programs->shim));
  }
  TRY(print(text));
  return 0;
}

}  // namespace

const Verb kVersion = {.name = "version",
                       .words = "",
                       .help = "show the versions of the programs",
                       .options = kOptions,
                       .most_words = 0,
                       .run = run};

}  // namespace ocirt::frontend
