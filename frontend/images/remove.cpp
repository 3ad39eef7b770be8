// Takes names, images and layers out of the store, and sweeps what was left half made.
#include "frontend/images/remove.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "sys/file.h"

namespace ocirt::images {

namespace {

// Out of sight first, by one rename; then at leisure.
Result<> throw_away(const Store& store, unpack::Helper& helper, int from, const std::string& name) {
  const std::string trashed = fmt::format("{}.{}", name, ::getpid());
  if (::renameat(from, name.c_str(), store.trash(), trashed.c_str()) != 0) {
    return errno == ENOENT ? Result<>{} : last_error(fmt::format("remove \"{}\"", name));
  }
  return helper.remove(store.trash(), trashed);
}

std::set<std::string> used_layers(const Store& store) {
  std::set<std::string> used;
  for (const ImageRecord& image : store.list_images()) {
    for (const LayerRecord& layer : image.layers) used.insert(layer.diff_id);
  }
  return used;
}

bool is_locked(int directory, const char* name) {
  const UniqueFd fd(::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  return fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

Result<> remove_unused_layers(const Store& store, unpack::Helper& helper,
                              const std::vector<std::string>& diff_ids, const LayersInUse& in_use,
                              Removed& removed) {
  for (const std::string& diff_id : diff_ids) {
    const std::string name = layer_directory(diff_id);
    const UniqueFd layer(
        ::openat(store.layers(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A pull that needs it, or a container under way, holds it with a shared lock.
    if (!layer || ::flock(layer.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // Only now: an image that was put in place before its puller let go of the lock is seen.
    if (used_layers(store).contains(diff_id) || in_use().contains(name)) continue;
    if (const auto record = store.find_layer(diff_id)) removed.bytes += record->file_bytes;
    TRY(throw_away(store, helper, store.layers(), name));
  }
  return {};
}

Result<> remove_image(const Store& store, unpack::Helper& helper, const ImageRecord& image,
                      const LayersInUse& in_use, Removed& removed) {
  {
    const UniqueFd lock = TRY(lock_image(store, image.id));
    for (const NameRecord& name : store.list_names()) {
      if (name.image != image.id) continue;
      TRY(store.remove_name(name.name));
      removed.untagged.push_back(name.name);
    }
    TRY(throw_away(store, helper, store.images(), image.id));
  }
  removed.deleted.push_back(image.id);
  std::vector<std::string> layers;
  for (const LayerRecord& layer : image.layers) layers.push_back(layer.diff_id);
  return remove_unused_layers(store, helper, layers, in_use, removed);
}

bool needs_sweep(const Store& store) {
  return !list_directory(store.trash()).empty() || !list_directory(store.partial()).empty();
}

Result<> sweep(const Store& store, unpack::Helper& helper, int64_t keep_s) {
  for (const std::string& name : list_directory(store.trash())) {
    TRY(helper.remove(store.trash(), name));
  }
  const time_t now = ::time(nullptr);
  for (const std::string& name : list_directory(store.partial())) {
    struct stat info {};
    if (::fstatat(store.partial(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    // An image under way, or a layer that is loaded, which nobody goes on with.
    const bool is_image = name.starts_with("image-");
    constexpr int64_t kMakingAnImage_s = 60;
    const bool is_short = is_image || name.starts_with("load-");
    if (now - info.st_mtime < (is_short ? kMakingAnImage_s : keep_s)) continue;
    if (!is_image && is_locked(store.partial(), (name + "/lock").c_str())) continue;
    TRY(throw_away(store, helper, store.partial(), name));
  }
  return {};
}

}  // namespace ocirt::images
