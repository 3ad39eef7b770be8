// Removing what containers wrote.
#include "frontend/containers/trees.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "frontend/unpack/helper.h"
#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_remove.h"

namespace ocirt::containers {

Result<> remove_files(int parent, const std::string& name) {
  Result<> removed = unpack::remove_tree(parent, name.c_str());
  if (removed || ::geteuid() == 0) return removed;
  const unpack::StoreIds ids = TRY(unpack::find_store_ids());
  unpack::Helper helper = TRY(unpack::Helper::start(ids, parent));
  return helper.remove(parent, name);
}

std::vector<std::string> hidden_names(int directory) {
  std::vector<std::string> names;
  const int fd = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = fd < 0 ? nullptr : ::fdopendir(fd);
  if (stream == nullptr) return names;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with('.') && name != "." && name != "..") names.emplace_back(name);
  }
  (void)::closedir(stream);
  return names;
}

}  // namespace ocirt::containers
