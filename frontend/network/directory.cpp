// Directories of small files that several processes use.
#include "frontend/network/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "sys/file.h"

namespace ocirt::network {

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (!stream) return names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const char* name = entry->d_name;
    if (*name != '.') names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<> make_directory(const std::string& path) {
  for (size_t end = 1; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0755) < 0 && errno != EEXIST) {
      return last_error(fmt::format("make the directory {}", part));
    }
  }
  return {};
}

Result<UniqueFd> lock_directory(const std::string& path) {
  UniqueFd directory = TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY));
  while (::flock(directory.get(), LOCK_EX) < 0) {
    if (errno != EINTR) return last_error(fmt::format("lock {}", path));
  }
  return directory;
}

}  // namespace ocirt::network
