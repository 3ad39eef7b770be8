// ocictl top: the processes of a container.
#include <fcntl.h>
#include <fmt/core.h>

#include <array>

#include "frontend/bundle/layered_tree.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/process_table.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
}};

constexpr size_t kMostNames = 16 << 20;

NameFiles read_names(const containers::Store& store, const model::Record& record) {
  std::vector<std::string> layers = record.layers;
  layers.insert(layers.begin(), record.rootfs.empty()
                                    ? store.roots().container(record.id) + "/upper"
                                    : record.rootfs);
  const bundle::LayeredTree tree(std::move(layers));
  const auto of_host = [](const char* path) {
    return sys::read_file(AT_FDCWD, path, kMostNames).value_or("");
  };
  return {.passwd = tree.read_file("/etc/passwd", kMostNames).value_or(""),
          .group = tree.read_file("/etc/group", kMostNames).value_or(""),
          .host_passwd = of_host("/etc/passwd"),
          .host_group = of_host("/etc/group")};
}

Result<std::vector<pid_t>> processes_of(const containers::Runtime& runtime, const std::string& id) {
  const std::string text = TRY(runtime.output_of({"ps", "--format", "json", id}));
  const Json list = Json::parse(text, nullptr, false);
  std::vector<pid_t> pids;
  if (!list.is_array()) {
    return make_error(ErrorKind::System, "the runtime lists processes in no way that we know");
  }
  for (const Json& each : list) {
    if (each.is_number_integer()) pids.push_back(each.get<pid_t>());
  }
  return pids;
}

// With options of ps(1), the container's own ps shows what there is.
Result<int> run_ps(const containers::Runtime& runtime, const std::string& id,
                   const std::vector<std::string>& words) {
  sys::Program program{.path = runtime.programs().runtime,
                       .args = {runtime.programs().runtime},
                       .env = containers::own_environment()};
  for (const std::string& word : runtime.global_words()) program.args.push_back(word);
  for (const char* word : {"exec", id.c_str(), "ps"}) program.args.emplace_back(word);
  program.args.insert(program.args.end(), words.begin(), words.end());
  sys::Child child = TRY(sys::start_program(program));
  constexpr int kFailed = 125;
  return TRY(child.wait()) == sys::ExitStatus{} ? 0 : kFailed;
}

Result<int> run(Context& context, const Line& line) {
  Containers containers = TRY(Containers::open(context));
  std::vector<std::string> words = TRY(words_after_latest(containers, line));
  if (words.empty()) {
    return make_error(ErrorKind::InvalidConfig, "you must provide the name or id of a container");
  }
  const Containers::Found found = TRY(containers.find(words[0]));
  if (found.status.pid == 0) {
    return make_error(ErrorKind::BadState, "top can only be used on running containers");
  }
  words.erase(words.begin());
  const containers::Engine engine = TRY(containers.engine(found.record));
  if (!words.empty() && words[0].starts_with('-')) {
    return run_ps(engine.runtime, found.record.id, words);
  }
  const std::vector<std::string> columns = TRY(parse_columns(words));
  const std::vector<pid_t> pids = TRY(processes_of(engine.runtime, found.record.id));
  const NameFiles names = read_names(containers.store(), found.record);
  TRY(print(print_table(process_table(pids, columns, names))));
  return 0;
}

}  // namespace

const Verb kTop = {.name = "top",
                   .words = "[CONTAINER] [COLUMN... | PS-OPTION...]",
                   .help = "show the processes of a container",
                   .options = kOptions,
                   .stops_at_word = true,
                   .run = run};

}  // namespace ocirt::frontend
