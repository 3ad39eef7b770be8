// Volumes: directories that outlive containers.
#include "frontend/containers/volumes.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "frontend/containers/tree_copy.h"
#include "frontend/images/store.h"
#include "frontend/unpack/tree_remove.h"
#include "sys/file.h"

namespace ocirt::containers {

namespace {

using Json = nlohmann::ordered_json;
using Words = std::map<std::string, std::string>;

constexpr size_t kMostBytes = 1 << 20;
constexpr const char* kRecord = "volume.json";

std::string print_volume(const Volume& volume) {
  const Json json = {{"name", volume.name},
                     {"driver", volume.driver},
                     {"created", volume.created_ns},
                     {"labels", volume.labels},
                     {"options", volume.options},
                     {"anonymous", volume.anonymous},
                     {"needsCopyUp", volume.needs_copy_up}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Volume> parse_volume(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    return Volume{.name = json.at("name").get<std::string>(),
                  .driver = json.value("driver", "local"),
                  .created_ns = json.value("created", int64_t{0}),
                  .labels = json.value("labels", Words{}),
                  .options = json.value("options", Words{}),
                  .anonymous = json.value("anonymous", false),
                  .needs_copy_up = json.value("needsCopyUp", false)};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

bool is_volume_name(std::string_view name) {
  const auto is_first = [](unsigned char c) { return ::isalnum(c) != 0; };
  return !name.empty() && is_first(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [&](unsigned char c) {
           return is_first(c) || c == '_' || c == '.' || c == '-';
         });
}

bool has_option(const model::RequestedMount& mount, std::string_view option) {
  return std::find(mount.options.begin(), mount.options.end(), option) != mount.options.end();
}

int64_t now_ns() {
  constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
  timespec now{};
  (void)::clock_gettime(CLOCK_REALTIME, &now);  // the real-time clock is always there
  return now.tv_sec * kNanosecondsPerSecond + now.tv_nsec;
}

Result<UniqueFd> open_directory(const std::string& path) {
  return sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> lock(const std::string& path) {
  UniqueFd directory = TRY(open_directory(path));
  while (::flock(directory.get(), LOCK_EX) < 0) {
    if (errno != EINTR) return last_error(fmt::format("lock {}", path));
  }
  return directory;
}

}  // namespace

std::vector<Volume> Volumes::list() const {
  std::vector<Volume> all;
  const Result<UniqueFd> directory = open_directory(directory_);
  if (!directory) return all;
  for (const std::string& name : images::list_directory(directory->get())) {
    if (std::optional<Volume> volume = load(name)) all.push_back(std::move(*volume));
  }
  return all;
}

std::optional<Volume> Volumes::load(const std::string& name) const {
  if (!is_volume_name(name)) return std::nullopt;
  const std::string path = fmt::format("{}/{}/{}", directory_, name, kRecord);
  const Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kMostBytes);
  return text ? parse_volume(*text) : std::nullopt;
}

Result<Volume> Volumes::find(const std::string& text) const {
  if (std::optional<Volume> volume = load(text)) return *volume;
  std::vector<Volume> matching;
  for (Volume& volume : list()) {
    if (!text.empty() && volume.name.starts_with(text)) matching.push_back(std::move(volume));
  }
  if (matching.size() == 1) return matching.front();
  if (matching.size() > 1) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("more than one result for volume name {}", text));
  }
  return make_error(ErrorKind::NotFound,
                    fmt::format("no volume with name \"{}\" found: no such volume", text));
}

Result<> Volumes::create(const Volume& volume) const {
  if (!is_volume_name(volume.name)) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("volume name \"{}\": names must match "
                                                            "[a-zA-Z0-9][a-zA-Z0-9_.-]*",
                                                            volume.name));
  }
  if (::mkdir(directory_.c_str(), 0700) < 0 && errno != EEXIST) {
    return last_error(fmt::format("make \"{}\"", directory_));
  }
  const UniqueFd all = TRY(lock(directory_));
  if (load(volume.name)) {
    return make_error(ErrorKind::AlreadyExists,
                      fmt::format("volume with name {} already exists", volume.name));
  }
  for (const std::string& name : {volume.name, volume.name + "/data"}) {
    if (::mkdirat(all.get(), name.c_str(), 0755) < 0 && errno != EEXIST) {
      return last_error(fmt::format("make the volume {}", volume.name));
    }
  }
  // Whatever our umask is: the container's users look into it.
  const std::string data = volume.name + "/data";
  if (::fchmodat(all.get(), data.c_str(), 0755, 0) < 0) {
    return last_error(fmt::format("make the volume {}", volume.name));
  }
  return save(volume);
}

Result<> Volumes::save(const Volume& volume) const {
  const UniqueFd directory = TRY(open_directory(directory_ + '/' + volume.name));
  return sys::replace_file(directory.get(), kRecord, print_volume(volume), 0600);
}

Result<> Volumes::remove(const std::string& name) const {
  const UniqueFd all = TRY(lock(directory_));
  // Without its record it is nobody's, however far the rest gets.
  const std::string record = name + '/' + kRecord;
  if (::unlinkat(all.get(), record.c_str(), 0) < 0) {
    return last_error(fmt::format("remove the volume {}", name));
  }
  return run_in_tree({.directory = directory_},
                     [&](int root) { return unpack::remove_tree(root, name.c_str()); });
}

Result<> Volumes::prepare(const model::Record& record) const {
  for (const model::RequestedMount& mount : record.mounts) {
    if (mount.kind != model::RequestedMount::Kind::Volume) continue;
    std::optional<Volume> volume = load(mount.source);
    if (!volume) {
      const bool is_own = std::find(record.own_volumes.begin(), record.own_volumes.end(),
                                    mount.source) != record.own_volumes.end();
      Volume made{.name = mount.source, .created_ns = now_ns(), .anonymous = is_own};
      Result<> created = create(made);
      if (!created && created.error().kind != ErrorKind::AlreadyExists) return created;
      volume = load(mount.source);
    }
    if (!volume || !volume->needs_copy_up || has_option(mount, "nocopy")) continue;
    TRY(fill(*volume, record, mount));
  }
  return {};
}

Result<> Volumes::fill(Volume volume, const model::Record& record,
                       const model::RequestedMount& mount) const {
  const std::string directory = directory_ + '/' + volume.name;
  const UniqueFd locked = TRY(lock(directory));
  const std::optional<Volume> now = load(volume.name);
  if (!now || !now->needs_copy_up) return {};  // somebody else was first
  const UniqueFd content = TRY(open_directory(data(volume.name)));
  if (images::list_directory(content.get()).empty()) {
    (void)TRY(
        copy_directory(image_tree_of(record), mount.destination, {.directory = data(volume.name)}));
  }
  volume.needs_copy_up = false;
  return save(volume);
}

std::vector<std::string> users_of(const Volume& volume, const std::vector<model::Record>& records) {
  std::vector<std::string> users;
  for (const model::Record& record : records) {
    const std::vector<std::string>& names = record.volumes;
    if (std::find(names.begin(), names.end(), volume.name) != names.end()) {
      users.push_back(record.id);
    }
  }
  return users;
}

}  // namespace ocirt::containers
