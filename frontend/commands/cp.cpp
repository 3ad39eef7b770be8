// ocictl cp: files between containers and the host.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/commands/containers.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/copy.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "archive",
     .short_name = 'a',
     .value_name = "",
     .help = "copies in a container belong to its user (default); =false keeps owners"},
    {.name = "overwrite",
     .value_name = "",
     .help = "files may replace directories, and vice versa"},
}};

/// One of the two words: a container's path, the host's, or "-".
struct End {
  containers::Place place;
  std::optional<model::Record> record;
  UniqueFd lock;  // of a container that doesn't run, whose files are changed
  bool is_archive = false;
};

// "CONTAINER:PATH"; a path of the host that has a colon begins with '/' or '.'.
bool is_in_container(const std::string& word) {
  const size_t colon = word.find(':');
  return colon != std::string::npos && colon > 0 && word.front() != '/' && word.front() != '.';
}

Result<End> find_end(Containers& all, const std::string& word, bool is_written) {
  End end;
  if (word == "-") {
    end.is_archive = true;
    return end;
  }
  if (!is_in_container(word)) {
    end.place = {.tree = {.directory = "/"}, .path = TRY(absolute_path(word)), .name = word};
    return end;
  }
  const size_t colon = word.find(':');
  std::string path = word.substr(colon + 1);
  if (path.empty()) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("{}: a path must follow", word));
  }
  if (!path.starts_with('/')) path.insert(0, "/");
  const Containers::Found found = TRY(all.find(word.substr(0, colon)));
  const bool runs = found.status.pid > 0;
  if (!runs && is_written) end.lock = TRY(all.store().lock(found.record.id));
  end.place = {
      .tree = containers::tree_of(found.record, all.store().roots().container(found.record.id),
                                  found.status.pid, is_written),
      .path = path,
      .name = word};
  end.record = found.record;
  return end;
}

// The ids that the container's program has, as its config says; root's if it was never started.
containers::CopyOptions owner_in(const Containers& all, const End& to, const Line& line) {
  containers::CopyOptions options{.overwrite = line.flag("overwrite")};
  if (!to.record) return options;  // of the host: the caller's, who is root inside
  if (!line.flag("archive", true)) return {.uid = -1, .gid = -1, .overwrite = options.overwrite};
  constexpr size_t kMostBytes = 4 << 20;
  const std::string path = all.store().roots().container(to.record->id) + "/config.json";
  const Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kMostBytes);
  if (!text) return options;
  try {
    const nlohmann::json user = nlohmann::json::parse(*text).at("process").at("user");
    options.uid = user.value("uid", 0);
    options.gid = user.value("gid", 0);
  } catch (const nlohmann::json::exception&) {
    return options;
  }
  return options;
}

Result<int> run(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const End from = TRY(find_end(all, line.words()[0], false));
  const End to = TRY(find_end(all, line.words()[1], true));
  if (!from.record && !to.record) {
    return make_error(ErrorKind::InvalidConfig,
                      "invalid arguments: one of the two must be in a container")
        .with_hint("write it as CONTAINER:PATH");
  }
  const containers::CopyOptions options = owner_in(all, to, line);
  if (to.is_archive) {
    if (::isatty(STDOUT_FILENO) == 1) {
      return make_error(ErrorKind::InvalidConfig,
                        "the archive can't go to a terminal: redirect it");
    }
    TRY(containers::copy_to_archive(from.place, STDOUT_FILENO));
  } else if (from.is_archive) {
    TRY(containers::copy_from_archive(STDIN_FILENO, to.place, options));
  } else {
    TRY(containers::copy(from.place, to.place, options));
  }
  return 0;
}

}  // namespace

const Verb kCp = {.name = "cp",
                  .words = "[CONTAINER:]PATH|- [CONTAINER:]PATH|-",
                  .help = "copy files between containers and the host",
                  .options = kOptions,
                  .fewest_words = 2,
                  .most_words = 2,
                  .run = run};

}  // namespace ocirt::frontend
