// Reads below the roots of the host and of the driver.
#include "hooks/nvidia/host/host_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "sys/file.h"

namespace ocirt::nvidia {

namespace {
constexpr size_t kLongestText = 64 << 10;
}

Result<HostView> HostView::open(const HostRoots& roots) {
  return HostView{.host = TRY(sys::RootDir::open(roots.host)),
                  .driver = TRY(sys::RootDir::open(roots.driver)),
                  .roots = roots};
}

std::string read_text(const sys::RootDir& root, const std::string& path) {
  const Result<UniqueFd> file = root.open({path}, O_RDONLY | O_NONBLOCK);
  if (!file) return {};
  return sys::read_all(file->get(), kLongestText).value_or("");
}

std::vector<std::string> names_in(const sys::RootDir& root, const std::string& path) {
  return names_in(root, path, [](std::string_view) { return true; });
}

std::vector<std::string> names_in(const sys::RootDir& root, const std::string& path,
                                  const std::function<bool(std::string_view name)>& keeps) {
  std::vector<std::string> names;
  Result<UniqueFd> directory = root.open({path}, O_RDONLY | O_DIRECTORY);
  if (!directory) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(directory->get()), ::closedir);
  if (!stream) return names;
  (void)directory->release();  // the stream owns it now
  while (const dirent* entry = ::readdir(stream.get())) {
    if (entry->d_name[0] != '.' && keeps(entry->d_name)) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string real_path(int fd) {
  return sys::read_link(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd).c_str()).value_or("");
}

std::string below(const HostPath& root, std::string_view path) {
  std::string_view start = root.text;
  while (start.ends_with('/')) start.remove_suffix(1);
  return fmt::format("{}{}", start, path);
}

}  // namespace ocirt::nvidia
