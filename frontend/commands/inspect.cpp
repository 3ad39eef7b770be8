// ocictl image inspect: all that is known of images, as JSON or by a template.
#include "frontend/commands/inspect.h"

#include <fmt/core.h>

#include <array>

#include "base/log.h"
#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 3> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "platform", .value_name = "OS/ARCH[/VARIANT]", .help = "the image for this platform"},
    {.name = "size", .short_name = 's', .value_name = "", .help = "accepted and ignored"},
}};

Json member(const Json& object, const char* key, Json otherwise) {
  return object.is_object() && object.contains(key) ? Json(object[key]) : std::move(otherwise);
}

// Docker has a comment of its own, OCI one for each step: the first is the image's.
std::string comment_of(const Json& config) {
  const Json own = member(config, "comment", "");
  const Json history = member(config, "history", Json::array());
  if (own.is_string() && own != "") return own.get<std::string>();
  if (!history.is_array() || history.empty()) return "";
  const Json first = member(history.front(), "comment", "");
  return first.is_string() ? first.get<std::string>() : "";
}

// A container's lower directories, as podman tells them.
Json graph_driver(const images::ImageRecord& image) {
  Json data = Json::object();
  std::string lower;
  for (size_t i = image.layers.size(); i-- > 0;) {
    const std::string tree = fmt::format("{}/layers/{}/tree", image.store,
                                         images::layer_directory(image.layers[i].diff_id));
    if (i + 1 == image.layers.size()) {
      data["UpperDir"] = tree;
    } else {
      lower += (lower.empty() ? "" : ":") + tree;
    }
  }
  if (!lower.empty()) data["LowerDir"] = lower;
  return {{"Name", "overlay"}, {"Data", data}};
}

}  // namespace

Result<Json> inspect_image(const Context& context, const images::ImageRecord& image) {
  const images::Store& store = context.store_of(image);
  const Json config = Json::parse(TRY(store.read_document(image.id, "config")), nullptr, false);
  const Json manifest = Json::parse(TRY(store.read_document(image.id, "manifest")), nullptr, false);
  const Json inner = member(config, "config", Json::object());
  Json tags = Json::array();
  for (const images::NameRecord& name : context.names()) {
    if (name.image == image.id) tags.push_back(name.name);
  }
  Json layers = Json::array();
  for (const images::LayerRecord& layer : image.layers) layers.push_back(layer.diff_id);
  Json result = {{"Id", image.id},
                 {"Digest", image.manifest_digest},
                 {"RepoTags", tags},
                 {"RepoDigests", image.repo_digests},
                 {"Parent", ""},
                 {"Comment", comment_of(config)},
                 {"Created", image.created},
                 {"Config", inner},
                 {"Version", member(config, "docker_version", "")},
                 {"Author", member(config, "author", "")},
                 {"Architecture", image.architecture},
                 {"Os", image.os},
                 {"Size", image.size},
                 {"VirtualSize", image.size},
                 {"GraphDriver", graph_driver(image)},
                 {"RootFS", {{"Type", "layers"}, {"Layers", layers}}},
                 {"Labels", member(inner, "Labels", nullptr)},
                 {"Annotations", member(manifest, "annotations", Json::object())},
                 {"ManifestType", image.manifest_type},
                 {"User", member(inner, "User", "")},
                 {"History", member(config, "history", Json::array())},
                 {"NamesHistory", tags}};
  if (inner.contains("Healthcheck")) result["HealthCheck"] = inner["Healthcheck"];
  return result;
}

namespace {

Result<int> run(Context& context, const Line& line) {
  constexpr int kIndent = 5;  // as podman has it
  Json all = Json::array();
  int status = 0;
  for (const std::string& word : line.words()) {
    const Result<Found> found = find_for_platform(context, line, word);
    Result<Json> json =
        found ? inspect_image(context, found->image) : Result<Json>(Error(found.error()));
    if (json) {
      all.push_back(std::move(*json));
      continue;
    }
    log_error(json.error());
    constexpr int kFailed = 125;
    status = kFailed;
  }
  const std::string format = line.value("format");
  if (format.empty() || format == "json") {
    TRY(print(all.dump(kIndent) + '\n'));
    return status;
  }
  for (const Json& each : all) TRY(print(TRY(render_template(format, each)) + '\n'));
  return status;
}

Result<int> run_exists(Context& context, const Line& line) {
  return context.find(line.words()[0]) ? 0 : 1;
}

}  // namespace

const Verb kImageInspect = {.name = "image inspect",
                            .words = "IMAGE [IMAGE...]",
                            .help = "show all that is known of images",
                            .options = kOptions,
                            .fewest_words = 1,
                            .run = run};

const Verb kImageExists = {.name = "image exists",
                           .words = "IMAGE",
                           .help = "exit with 0 if there is such an image, else with 1",
                           .options = {},
                           .fewest_words = 1,
                           .most_words = 1,
                           .run = run_exists};

}  // namespace ocirt::frontend
