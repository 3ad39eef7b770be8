// ocictl run and create: make a container of an image, and start it.
#include <fcntl.h>
#include <fmt/core.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"
#include "frontend/bundle/image_config.h"
#include "frontend/bundle/resolve.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/foreground.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/pull.h"
#include "frontend/commands/run_options.h"
#include "frontend/commands/verbs.h"
#include "frontend/containers/cleanup.h"
#include "frontend/containers/events.h"
#include "frontend/containers/names.h"
#include "frontend/containers/skeleton.h"
#include "frontend/network/network.h"
#include "frontend/network/ports.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

int64_t now_ns() {
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);
  constexpr int64_t kPerSecond = 1'000'000'000;
  return now.tv_sec * kPerSecond + now.tv_nsec;
}

/// The image that was asked for, and locks of its layers, which hold until the record names them.
struct Image {
  bundle::ImageConfig config;
  std::vector<UniqueFd> held;
  bool is_anothers = false;  // of a user whose ids the container hasn't
};

// As --pull says: missing, always, newer or never.
Result<Found> find_image(Context& context, const Line& line, const std::string& policy,
                         const std::string& name) {
  const bool always = policy == "always" || policy == "newer";
  if (!always) {
    Result<Found> found = find_for_platform(context, line, name);
    if (found || found.error().kind != ErrorKind::NotFound || policy == "never") return found;
  }
  const Result<std::string> pulled = pull_image(context, line, name);
  if (!pulled) {
    // "newer" is content with what is here.
    Result<Found> found = find_for_platform(context, line, name);
    return policy == "newer" && found ? std::move(found) : Result<Found>(pulled.error());
  }
  Found found = TRY(context.find(*pulled));
  if (Result<Found> by_name = context.find(name); by_name && by_name->image.id == *pulled) {
    return by_name;
  }
  return found;
}

Result<> take_image(Context& context, const Line& line, const std::string& policy,
                    model::Record& record, Image& image) {
  const std::string& name = line.words().front();
  const Found found = TRY(find_image(context, line, policy, name));
  record.image = found.image.id;
  record.image_name = found.name ? found.name->name : name;
  const images::Store& store = context.store_of(found.image);
  for (const images::LayerRecord& layer : found.image.layers) {
    std::optional<UniqueFd> held = store.hold_layer(layer.diff_id);
    if (!held) {
      return make_error(ErrorKind::NotFound,
                        fmt::format("layer {} of {} is not in the store", layer.diff_id, name))
          .with_hint(fmt::format("ocictl pull {}", name));
    }
    image.held.push_back(std::move(*held));
    record.layers.insert(
        record.layers.begin(),
        fmt::format("{}/layers/{}/tree", store.root(), images::layer_directory(layer.diff_id)));
  }
  image.is_anothers = ::geteuid() != 0 && store.owner() != ::geteuid();
  image.config = TRY(bundle::parse_image_config(TRY(store.read_document(record.image, "config"))));
  return {};
}

// The container that has the name goes, if --replace says so.
Result<> replace(Containers& all, const std::string& name) {
  Result<Containers::Found> found = all.find(name);
  if (!found) return found.error().kind == ErrorKind::NotFound ? Result<>{} : found.error();
  const containers::Engine engine = TRY(all.engine(found->record));
  const UniqueFd lock = TRY(engine.store.lock(found->record.id));
  TRY(containers::clean_up(engine, found->record));
  return containers::remove(engine, found->record, true);
}

// "container:NAME" of --network becomes "container:ID", by which it stays true after a rename.
Result<> choose_network(Containers& all, model::Record& record) {
  constexpr std::string_view kOther = "container:";
  std::string& asked = record.request.namespaces.network;
  if (asked.starts_with(kOther)) {
    const model::Record other = TRY(all.store().find(asked.substr(kOther.size())));
    asked = std::string(kOther) + other.id;
  }
  record.network = TRY(network::kind_of(asked, ::geteuid() == 0));
  if (record.network != "host" && record.network != "none") {
    record.ports = TRY(network::choose_ports(record.ports));
  }
  return {};
}

Result<> write_id_file(const Line& line, const std::string& id) {
  if (!line.has("cidfile")) return {};
  const std::string path = line.value("cidfile");
  const UniqueFd file =
      TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
  return sys::write_all(file.get(), id);
}

struct Made {
  model::Record record;
  UniqueFd lock;
};

Result<Made> make(Context& context, Containers& all, const Line& line, bool starts) {
  Made made;
  model::Record& record = made.record;
  record.request = TRY(parse_run_options(line));
  record.request.runtime = context.runtime();
  const std::string& name = record.request.name;
  if (!name.empty() && !containers::is_name(name)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--name {}: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*", name));
  }
  if (line.has("cidfile") && sys::exists(line.value("cidfile").c_str())) {
    return make_error(ErrorKind::AlreadyExists,
                      fmt::format("--cidfile: \"{}\" exists already", line.value("cidfile")))
        .with_hint("remove it if its container is no longer needed");
  }
  Image image;
  if (line.flag("rootfs")) {
    record.rootfs = sys::resolved_path(line.words().front().c_str());
    if (record.rootfs.empty()) {
      return last_error(fmt::format("--rootfs {}", line.words().front()));
    }
  } else {
    const std::string policy = line.has("pull") ? line.value("pull") : all.settings().pull_policy;
    TRY(take_image(context, line, policy, record, image));
  }
  record.id = TRY(all.store().free_id());
  record.created_ns = now_ns();
  TRY(bundle::resolve(record, image.config, all.settings()));
  TRY(choose_network(all, record));
  if (line.flag("replace") && !name.empty()) TRY(replace(all, name));
  record.name = name.empty() ? all.store().free_name() : name;
  if (record.log_path.empty()) record.log_path = all.store().roots().container(record.id) + "/log";
  // One that is started at once has been started once, should we be killed before it is.
  if (starts) record.boot_id = TRY(containers::boot_id());
  const std::vector<std::string> layers = record.layers;
  const std::string skeleton = all.store().roots().container(record.id) + "/skeleton";
  if (image.is_anothers) record.layers.insert(record.layers.begin(), skeleton);
  made.lock = TRY(all.store().make(record));
  if (image.is_anothers) {
    if (Result<> filled = containers::make_skeleton(skeleton, layers); !filled) {
      (void)all.store().remove(record);  // the first error matters more
      return filled.error();
    }
  }
  containers::tell_event(all.store().roots(), record, "create");
  if (Result<> written = write_id_file(line, record.id); !written) {
    (void)all.store().remove(record);  // the first error matters more
    return written.error();
  }
  return made;
}

// A container that couldn't be started stays, as podman's do, but with --rm.
Result<int> start(Containers& all, Made made, const Line& line) {
  model::Record& record = made.record;
  const containers::Engine engine = TRY(all.engine(record));
  Foreground how{.input = record.request.open_stdin, .signal_proxy = line.flag("sig-proxy", true)};
  how.detach_keys = TRY(detach_keys_of(all, line));
  if (line.has("attach")) {
    const std::vector<std::string> streams = line.values("attach");
    const auto has = [&](std::string_view name) {
      return std::find(streams.begin(), streams.end(), name) != streams.end();
    };
    how.input = has("stdin");
    how.output = has("stdout");
    how.errors = has("stderr");
  }
  const Result<containers::Launched> launched = containers::launch(engine, record);
  if (!launched) {
    if (record.request.remove) (void)containers::remove(engine, record, true);
    return launched.error();
  }
  if (!line.flag("detach")) {
    return run_in_foreground(engine, record, *launched, std::move(made.lock), how);
  }
  if (Result<> opened = containers::open_gate(engine, record); !opened) {
    (void)containers::clean_up(engine, record);  // the first error matters more
    if (record.request.remove) (void)containers::remove(engine, record, true);
    return opened.error();
  }
  TRY(print(record.id + '\n'));
  return 0;
}

Result<int> run(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  if (line.flag("detach") && line.has("attach")) {
    return make_error(ErrorKind::InvalidConfig, "--attach and --detach exclude each other");
  }
  Made made = TRY(make(context, all, line, true));
  Result<int> status = start(all, std::move(made), line);
  if (status) return status;
  log_error(status.error());
  return containers::status_of(status.error());
}

Result<int> create(Context& context, const Line& line) {
  Containers all = TRY(Containers::open(context));
  const Made made = TRY(make(context, all, line, false));
  TRY(print(made.record.id + '\n'));
  return 0;
}

}  // namespace

const Verb kRun = {.name = "run",
                   .words = "IMAGE [COMMAND [ARGUMENT...]]",
                   .help = "run a command in a new container",
                   .options = run_options(),
                   .fewest_words = 1,
                   .stops_at_word = true,
                   .run = run};

const Verb kCreate = {.name = "create",
                      .words = "IMAGE [COMMAND [ARGUMENT...]]",
                      .help = "make a container without starting it",
                      .options = create_options(),
                      .fewest_words = 1,
                      .stops_at_word = true,
                      .run = create};

}  // namespace ocirt::frontend
