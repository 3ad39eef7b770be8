// Paths of the command line.
#include "runtime/commands/paths.h"

#include <fmt/core.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace ocirt::commands {

Result<HostPath> absolute_path(const std::string& path) {
  if (path.empty()) return make_error(ErrorKind::InvalidConfig, "an empty path");
  std::array<char, PATH_MAX> resolved{};
  if (::realpath(path.c_str(), resolved.data()) != nullptr) return HostPath{resolved.data()};
  if (path[0] == '/') return HostPath{path};  // to be made yet
  if (::getcwd(resolved.data(), resolved.size()) == nullptr) {
    return last_error("find the current directory");
  }
  return HostPath{fmt::format("{}/{}", resolved.data(), path)};
}

Result<HostPath> bundle_path(const std::string& path) {
  HostPath bundle = TRY(absolute_path(path.empty() ? "." : path));
  struct stat about {};
  if (::stat(bundle.text.c_str(), &about) < 0) {
    return system_error(errno, fmt::format("bundle \"{}\"", bundle.text));
  }
  if (!S_ISDIR(about.st_mode)) {
    return system_error(ENOTDIR, fmt::format("bundle \"{}\"", bundle.text));
  }
  return bundle;
}

}  // namespace ocirt::commands
