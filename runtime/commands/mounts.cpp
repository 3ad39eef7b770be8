// ocirt mounts: adds mounts to a container that runs, or removes them.
#include <fcntl.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "runtime/commands/verb.h"
#include "runtime/plan/decide.h"
#include "runtime/plan/text.h"
#include "runtime/stages/live_mounts.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"
#include "spec/parse.h"
#include "spec/validate.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestConfig = 64 << 20;

// The file holds a list of mounts, or an object with such a list in "mounts": a config.json is one.
Result<std::vector<spec::Mount>> read_mounts(const std::string& path) {
  using Json = nlohmann::json;
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kLargestConfig));
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto member = document.is_object() ? document.find("mounts") : document.end();
  if (document.is_object() && member != document.end()) document = Json(*member);
  if (!document.is_array()) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" holds no list of mounts, in JSON", path))
        .with_hint(
            R"([{"destination": "/data", "type": "bind", "source": "/srv", "options": ["rbind"]}])");
  }
  // The least that makes a config of it.
  Json config = {{"ociVersion", "1.0.0"}, {"root", {{"path", "/"}}}};
  config["mounts"] = std::move(document);
  spec::Config parsed =
      TRY(spec::parse_config(config.dump(-1, ' ', false, Json::error_handler_t::replace)));
  return std::move(parsed.mounts);
}

Result<> add(const store::Found& found, const stages::Live& live, std::vector<spec::Mount> mounts) {
  const std::string text =
      TRY(sys::read_file(found.directory.get(), store::kConfigFile, kLargestConfig));
  spec::Config config = TRY(spec::parse_config(text));
  config.mounts = std::move(mounts);
  TRY(spec::validate(config));
  const plan::RootfsPlan plan = TRY(
      plan::decide_live_mounts(config, TRY(stages::probe_host()), HostPath{found.state.bundle}));
  return stages::add_mounts(plan, found.state, live.init);
}

Result<> remove(const store::Found& found, const stages::Live& live,
                const std::vector<spec::Mount>& mounts) {
  std::vector<ContainerPath> destinations;
  // What was added last may lie in what was added first.
  for (auto mount = mounts.rbegin(); mount != mounts.rend(); ++mount) {
    destinations.push_back(plan::clean_container_path(mount->destination));
  }
  return stages::remove_mounts(destinations, found.state, live.init);
}

Result<int> mounts(const Globals& globals, const ParsedLine& line) {
  const std::string& action = line.words[0];
  const std::string& id = line.words[1];
  if (action != "add" && action != "remove") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("mounts: add or remove, not \"{}\"", action));
  }
  std::vector<spec::Mount> asked = TRY(read_mounts(line.words[2]));
  const store::Found found = TRY(store::find(globals.root, id));
  const stages::Live live = TRY(stages::look(found));
  if (live.status == stages::Status::Stopped || live.status == stages::Status::Creating) {
    return make_error(ErrorKind::BadState,
                      fmt::format("cannot change the mounts of container \"{}\": it is {}", id,
                                  stages::name_of(live.status)));
  }
  if (action == "add") {
    TRY(add(found, live, std::move(asked)));
  } else {
    TRY(remove(found, live, asked));
  }
  return 0;
}

}  // namespace

const Verb kMounts = {.name = "mounts",
                      .words = "add|remove ID FILE",
                      .help = "add mounts to a container that runs, or remove them",
                      .options = {},
                      .fewest_words = 3,
                      .most_words = 3,
                      .run = mounts};

}  // namespace ocirt::commands
