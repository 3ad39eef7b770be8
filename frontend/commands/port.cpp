// ocictl port: where a container's ports are published.
#include <fmt/core.h>

#include <array>

#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "of all containers that run"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
}};

struct Mapping {
  std::string inside;   // "80/tcp"
  std::string outside;  // "0.0.0.0:8080"
};

std::vector<Mapping> mappings_of(const model::Record& record) {
  std::vector<Mapping> all;
  for (const model::PublishedPort& port : record.ports) {
    const std::string ip = port.host_ip.empty() ? "0.0.0.0" : port.host_ip;
    for (unsigned i = 0; i < port.count; ++i) {
      all.push_back({.inside = fmt::format("{}/{}", port.container_port + i, port.protocol),
                     .outside = fmt::format("{}:{}", ip, port.host_port + i)});
    }
  }
  return all;
}

Result<int> show_one(const model::Record& record, std::string_view asked) {
  const std::string wanted = asked.find('/') == std::string_view::npos && !asked.empty()
                                 ? fmt::format("{}/tcp", asked)
                                 : std::string(asked);
  std::string text;
  for (const Mapping& each : mappings_of(record)) {
    if (wanted.empty()) text += fmt::format("{} -> {}\n", each.inside, each.outside);
    if (each.inside == wanted) text += each.outside + '\n';
  }
  if (text.empty() && !wanted.empty()) {
    return make_error(ErrorKind::NotFound,
                      fmt::format("failed to find published port \"{}\"", asked));
  }
  TRY(print(text));
  return 0;
}

bool runs(const containers::Status& status) {
  return status.pid != 0;
}

Result<int> run(Context& context, const Line& line) {
  Containers containers = TRY(Containers::open(context));
  if (line.flag("all")) {
    std::string text;
    for (const std::string& id : TRY(chosen_containers(containers, line, runs))) {
      for (const Mapping& each : mappings_of(TRY(containers.store().find(id)))) {
        text += fmt::format("{}\t{} -> {}\n", containers::short_id(id), each.inside, each.outside);
      }
    }
    TRY(print(text));
    return 0;
  }
  const std::vector<std::string> words = TRY(words_after_latest(containers, line));
  if (words.empty()) {
    return make_error(ErrorKind::InvalidConfig, "you must supply a running container name or id");
  }
  const Containers::Found found = TRY(containers.find(words[0]));
  return show_one(found.record, words.size() > 1 ? words[1] : "");
}

}  // namespace

const Verb kPort = {.name = "port",
                    .words = "[CONTAINER] [PORT]",
                    .help = "show where a container's ports are published",
                    .options = kOptions,
                    .most_words = 2,
                    .run = run};

}  // namespace ocirt::frontend
