// Makes a container's config and writes it, with the small files that it mounts.
#include <fcntl.h>
#include <fmt/core.h>

#include "base/unique_fd.h"
#include "frontend/bundle/make_config.h"
#include "frontend/bundle/user_entry.h"
#include "sys/file.h"

namespace ocirt::bundle {

namespace {

constexpr mode_t kPrivate = 0600;
constexpr mode_t kReadable = 0644;  // of the container's users

// That there is such a file tells programs where they are; a privileged container is told more, for
// it may start containers itself.
std::string container_env(const model::Record& record, const HostView& host) {
  if (!record.request.privileged) return "";
  return fmt::format(
      "engine=\"ocictl\"\nname=\"{}\"\nid=\"{}\"\nimage=\"{}\"\nimageid=\"{}\"\n"
      "rootless={}\n",
      record.name, record.id, record.image_name, record.image, host.rootless ? 1 : 0);
}

}  // namespace

Result<> write_bundle(const model::Record& record, const Settings& settings, const Places& places) {
  HostView host = TRY(look_at_host(record, settings, places));
  add_user_entry(record, host);
  const nlohmann::json config = TRY(make_config(record, host, settings));
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, places.directory.c_str(), O_RDONLY | O_DIRECTORY));
  TRY(sys::replace_file(directory.get(), "containerenv", container_env(record, host), kReadable));
  // Bytes that are no UTF-8 can't be said in JSON.
  const std::string text = config.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return sys::replace_file(directory.get(), "config.json", text, kPrivate);
}

}  // namespace ocirt::bundle
