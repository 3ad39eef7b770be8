// ocictl commit: makes an image of a container: its image's layers, and one of what it changed.
#include <fcntl.h>
#include <fmt/core.h>
#include <time.h>
#include <unistd.h>

#include <array>

#include "frontend/archive/add_layer.h"
#include "frontend/archive/config_changes.h"
#include "frontend/archive/load_images.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/local_name.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/tree_job.h"
#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_tar.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 9> kOptions = {{
    {.name = "author", .short_name = 'a', .value_name = "TEXT", .help = "of the image"},
    {.name = "change",
     .short_name = 'c',
     .value_name = "INSTRUCTION",
     .help = "a line of a Dockerfile, as for import"},
    {.name = "format",
     .short_name = 'f',
     .value_name = "FORMAT",
     .help = "oci (default) or docker"},
    {.name = "iidfile", .value_name = "FILE", .help = "where the image's id is written"},
    {.name = "include-volumes", .value_name = "", .help = "not supported"},
    {.name = "message", .short_name = 'm', .value_name = "TEXT", .help = "for the image's history"},
    {.name = "pause", .short_name = 'p', .value_name = "", .help = "the container meanwhile"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "no progress"},
    {.name = "squash", .short_name = 's', .value_name = "", .help = "not supported"},
}};

// Stops the container's programs while its files are read.
class Pause {
 public:
  static Result<Pause> begin(const containers::Engine& engine, const std::string& id) {
    TRY(engine.runtime.call({"pause", id}));
    return Pause(engine, id);
  }
  Pause(Pause&& other) noexcept
      : runtime_(std::exchange(other.runtime_, nullptr)), id_(std::move(other.id_)) {}
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
  Pause& operator=(Pause&&) = delete;
  ~Pause() {
    if (runtime_ != nullptr) (void)runtime_->call({"resume", id_});  // it may have been killed
  }

 private:
  Pause(const containers::Engine& engine, std::string id)
      : runtime_(&engine.runtime), id_(std::move(id)) {}
  const containers::Runtime* runtime_;
  std::string id_;
};

// The layer of what the container changed, as a job writes it.
Result<archive::AddedLayer> add_changes(Context& context, const std::string& directory) {
  unpack::Helper* helper = TRY(context.helper());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return last_error("make a pipe");
  UniqueFd out(ends[0]);
  UniqueFd in(ends[1]);
  const int written = in.get();
  containers::TreeJob job = TRY(containers::start_in_tree(
      {.directory = directory + "/upper"},
      [&](int root) {
        return unpack::write_tree_tar(
            root, ".", written,
            {.translate_whiteouts = true, .owners_are_aside = unpack::has_single_id()});
      },
      {out.get()}));
  in.reset();
  const archive::ByteSource source = [&](std::span<char> buffer) -> Result<size_t> {
    for (;;) {
      const ssize_t got = ::read(out.get(), buffer.data(), buffer.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return last_error("read the container's files");
    }
  };
  Result<archive::AddedLayer> layer = archive::add_layer(context.store(), *helper, source);
  out.reset();  // a job that still writes, since nobody wants its bytes any more, ends by that
  Result<> read = std::move(job).finish();
  const bool is_consequence = !layer && !read && read.error().errno_value == EPIPE;
  if (!read && !is_consequence) return std::move(read).error();
  return layer;
}

Json member_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || !found->is_object() ? Json::object() : *found;
}

// The image's config, with what the container was given in the place of what the image says.
Result<std::string> make_config(const std::string& base, const model::Record& record,
                                const Line& line, const std::string& diff_id) {
  Json config = Json::parse(base, nullptr, false);
  if (!config.is_object()) return make_error(ErrorKind::System, "the image's config is damaged");
  const std::string now = print_time(::time(nullptr));
  Json inner = member_of(config, "config");
  if (!record.environment.empty()) inner["Env"] = record.environment;
  if (!record.workdir.empty()) inner["WorkingDir"] = record.workdir;
  if (!record.user.empty()) inner["User"] = record.user;
  if (!record.request.command.empty()) inner["Cmd"] = record.request.command;
  if (record.request.entrypoint) inner["Entrypoint"] = *record.request.entrypoint;
  for (const auto& [key, value] : record.labels) inner["Labels"][key] = value;
  TRY(archive::apply_changes(inner, line.values("change")));
  config["config"] = inner;
  config["created"] = now;
  if (line.has("author")) config["author"] = line.value("author");
  config["rootfs"]["type"] = "layers";
  config["rootfs"]["diff_ids"].push_back(diff_id);
  std::string command;
  for (const std::string& word : record.args) command += (command.empty() ? "" : " ") + word;
  Json step = {{"created", now}, {"created_by", command}};
  if (line.has("author")) step["author"] = line.value("author");
  if (line.has("message")) step["comment"] = line.value("message");
  config["history"].push_back(step);
  return config.dump();
}

// Layers as they are here, since their compressed forms may be nowhere any more.
Result<std::vector<images::LayerRecord>> base_layers(const images::ImageRecord& image) {
  std::vector<images::LayerRecord> layers = image.layers;
  for (images::LayerRecord& layer : layers) {
    layer.blob = layer.diff_id;
    layer.blob_size = layer.tar_size;
    layer.media_type = "application/vnd.oci.image.layer.v1.tar";
  }
  return layers;
}

Result<archive::NewImage> make_image(Context& context, const Containers& all,
                                     const model::Record& record, const Line& line,
                                     std::vector<UniqueFd>& held) {
  const bool is_docker = line.value("format") == "docker";
  const Found base = TRY(context.find(record.image));
  const images::Store& store = context.store_of(base.image);
  const std::string config = TRY(store.read_document(record.image, "config"));
  (void)TRY(make_config(config, record, line, "sha256:"));  // what is wrong is said at once
  archive::NewImage image{.manifest_type =
                              is_docker ? "application/vnd.docker.distribution.manifest.v2+json"
                                        : std::string(registry::kOciManifest)};
  if (line.words().size() > 1) image.names.push_back(TRY(local_name(line.words()[1])));
  image.layers = TRY(base_layers(base.image));
  for (const images::LayerRecord& layer : image.layers) {
    if (std::optional<UniqueFd> fd = context.store().hold_layer(layer.diff_id)) {
      held.push_back(std::move(*fd));
      continue;
    }
    return make_error(ErrorKind::Unsupported,
                      fmt::format("commit: the layer {} lies in another store", layer.diff_id))
        .with_hint("pull the image into this one first");
  }
  archive::AddedLayer layer = TRY(add_changes(context, all.store().roots().container(record.id)));
  layer.record.blob = layer.record.diff_id;
  layer.record.blob_size = layer.record.tar_size;
  layer.record.media_type = "application/vnd.oci.image.layer.v1.tar";
  image.layers.push_back(layer.record);
  held.push_back(std::move(layer.held));
  image.config_text = TRY(make_config(config, record, line, layer.record.diff_id));
  image.manifest_text = archive::make_manifest(image.config_text, image.layers, is_docker);
  return image;
}

Result<> check_options(const Line& line) {
  for (const char* name : {"include-volumes", "squash"}) {
    if (!line.flag(name)) continue;
    return make_error(ErrorKind::Unsupported, fmt::format("commit --{} is not supported", name));
  }
  const std::string format = line.value("format");
  if (format.empty() || format == "oci" || format == "docker") return {};
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--format {}: neither oci nor docker", format));
}

Result<int> run(Context& context, const Line& line) {
  TRY(check_options(line));
  (void)TRY(context.helper());  // while we have one thread and read nothing secret
  Containers all = TRY(Containers::open(context));
  const Containers::Found found = TRY(all.find(line.words().front()));
  if (!found.record.rootfs.empty()) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("container {} has a --rootfs, and no image to build on",
                                  found.record.name))
        .with_hint("ocictl export, then ocictl import");
  }
  const containers::Engine engine = TRY(all.engine(found.record));
  std::optional<Pause> pause;
  if (line.flag("pause") && found.status.state == containers::State::Running) {
    pause.emplace(TRY(Pause::begin(engine, found.record.id)));
  }
  std::vector<UniqueFd> held;
  const archive::NewImage image = TRY(make_image(context, all, found.record, line, held));
  const std::string id = TRY(archive::put_image(context.store(), image));
  if (line.has("iidfile")) {
    const std::string path = line.value("iidfile");
    const UniqueFd file =
        TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644));
    TRY(sys::write_all(file.get(), "sha256:" + id));
  }
  TRY(print(id + '\n'));
  return 0;
}

}  // namespace

const Verb kCommit = {.name = "commit",
                      .words = "CONTAINER [IMAGE]",
                      .help = "make an image of a container",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 2,
                      .run = run};

}  // namespace ocirt::frontend
