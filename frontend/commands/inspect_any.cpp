// ocictl inspect, container inspect: all that is known of containers, or else of images.
#include <fmt/core.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/inspect.h"
#include "frontend/commands/inspect_container.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 4> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "size", .short_name = 's', .value_name = "", .help = "not supported for containers"},
    {.name = "type", .short_name = 't', .value_name = "TYPE", .help = "container, image or all"},
}};

// Containers of the name come before images of it.
Result<Json> inspect(Context& context, Containers& containers, const std::string& type,
                     const std::string& word) {
  if (type != "image") {
    const Result<Containers::Found> found = containers.find(word);
    if (found) return inspect_container(containers, *found);
    if (found.error().kind != ErrorKind::NotFound) return found.error();
    if (type == "container") {
      return make_error(ErrorKind::NotFound,
                        fmt::format("inspecting object: no such container {}", word));
    }
  }
  const Result<Found> image = context.find(word);
  if (image) return inspect_image(context, image->image);
  if (image.error().kind != ErrorKind::NotFound || type == "image") return image.error();
  return make_error(ErrorKind::NotFound,
                    fmt::format("inspecting object: no such object: \"{}\"", word));
}

Result<int> show(Context& context, const Line& line, const std::string& type) {
  if (line.flag("size")) {
    return make_error(ErrorKind::Unsupported, "inspect --size is not supported");
  }
  Containers containers = TRY(Containers::open(context));
  const std::vector<std::string> words = TRY(chosen_containers(containers, line));
  Json all = Json::array();
  std::vector<Error> errors;
  for (const std::string& word : words) {
    Result<Json> json = inspect(context, containers, type, word);
    if (json) {
      all.push_back(std::move(*json));
    } else {
      errors.push_back(std::move(json).error());
    }
  }
  const std::string format = line.value("format");
  if (format.empty() || is_json_format(format)) {
    constexpr int kIndent = 5;  // as podman has it
    TRY(print(all.dump(kIndent, ' ', false, Json::error_handler_t::replace) + '\n'));
  } else {
    for (const Json& each : all) TRY(print(TRY(render_template(format, each)) + '\n'));
  }
  for (const Error& error : errors) log_error(error);
  constexpr int kFailed = 125;
  return errors.empty() ? 0 : kFailed;
}

Result<int> run(Context& context, const Line& line) {
  const std::string type = line.has("type") ? line.value("type") : "all";
  if (type != "all" && type != "container" && type != "image") {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("inspect --type {}: neither container, image nor all", type));
  }
  return show(context, line, type);
}

Result<int> run_container(Context& context, const Line& line) {
  return show(context, line, "container");
}

}  // namespace

const Verb kInspect = {.name = "inspect",
                       .words = "NAME [NAME...]",
                       .help = "show all that is known of containers or images",
                       .options = kOptions,
                       .run = run};

const Verb kContainerInspect = {.name = "container inspect",
                                .words = "CONTAINER [CONTAINER...]",
                                .help = "show all that is known of containers",
                                .options = std::span(kOptions).first(3),
                                .run = run_container};

}  // namespace ocirt::frontend
