// Writes the pid file that engines read. Runs in: creator.
#include "runtime/stages/write_pid.h"

#include <fcntl.h>
#include <fmt/core.h>

#include "sys/file.h"

namespace ocirt::stages {

Result<> write_pid_file(const std::string& path, pid_t pid) {
  const size_t slash = path.find_last_of('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const UniqueFd fd = TRY(sys::open_at(AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY));
  return sys::replace_file(fd.get(), name.c_str(), fmt::format("{}", pid), 0644);
}

}  // namespace ocirt::stages
