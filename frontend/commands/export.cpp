// ocictl export and diff: a container's files, and what it changed of its image's.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/tree_diff.h"
#include "frontend/containers/tree_job.h"
#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_tar.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 1> kExportOptions = {{
    {.name = "output", .short_name = 'o', .value_name = "FILE", .help = "instead of stdout"},
}};

constexpr std::array<Option, 2> kDiffOptions = {{
    {.name = "format", .value_name = "FORMAT", .help = "json"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
}};

// The container's own files, without what is mounted there; the same whether it runs or not.
Result<> write_files(const Containers& all, const model::Record& record, int output) {
  const containers::Tree tree =
      containers::tree_of(record, all.store().roots().container(record.id), 0, false);
  return containers::run_in_tree(tree, [&](int root) {
    return unpack::write_tree_tar(
        root, ".", output, {.owners_are_aside = unpack::has_single_id(), .one_file_system = true});
  });
}

Result<int> run_export(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const model::Record record = TRY(all.store().find(line.words().front()));
  if (!line.has("output")) {
    if (::isatty(STDOUT_FILENO) == 1) {
      return make_error(ErrorKind::InvalidConfig,
                        "refusing to export to terminal. Use -o flag or redirect");
    }
    TRY(write_files(all, record, STDOUT_FILENO));
    return 0;
  }
  const std::string path = line.value("output");
  const UniqueFd file =
      TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0644));
  TRY(write_files(all, record, file.get()));
  return 0;
}

Result<int> run_diff(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(all, line));
  if (words.size() != 1) {
    return make_error(ErrorKind::Unsupported, "diff: one container is compared with its image");
  }
  const model::Record record = TRY(all.store().find(words.front()));
  const std::vector<containers::Change> changes =
      TRY(containers::find_changes(record, all.store().roots().container(record.id)));
  const bool is_json = line.value("format") == "json";
  if (line.has("format") && !is_json) {
    return make_error(ErrorKind::InvalidConfig, "only supported value for '--format' is 'json'");
  }
  std::string text;
  Json json = Json::object();
  for (const containers::Change& change : changes) {
    text += fmt::format("{} {}\n", change.kind, change.path);
    const char* key = change.kind == 'A' ? "added" : change.kind == 'C' ? "changed" : "deleted";
    json[key].push_back(change.path);
  }
  TRY(print(is_json ? json.dump(5) + '\n' : text));
  return 0;
}

}  // namespace

const Verb kExport = {.name = "export",
                      .words = "CONTAINER",
                      .help = "write a container's files as a tar archive",
                      .options = kExportOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run_export};

const Verb kDiff = {.name = "diff",
                    .words = "CONTAINER",
                    .help = "list what a container changed of its image's files",
                    .options = kDiffOptions,
                    .most_words = 1,
                    .run = run_diff};

}  // namespace ocirt::frontend
