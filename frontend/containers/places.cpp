// Where a container's files lie, and the programs that it is run by.
#include "frontend/containers/places.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::containers {

namespace {

constexpr mode_t kPrivate = 0700;

// Beside our own file, in PATH, where distributions put such programs.
Result<std::string> find_beside(const std::string& self, const std::string& name) {
  const std::string beside = self.substr(0, self.rfind('/') + 1) + name;
  if (sys::can_execute(beside.c_str())) return beside;
  if (std::string found = sys::find_program(name); !found.empty()) return found;
  for (const char* directory :
       {"/usr/libexec/ocirt/", "/usr/libexec/podman/", "/usr/lib/podman/"}) {
    const std::string path = directory + name;
    if (sys::can_execute(path.c_str())) return path;
  }
  return make_error(ErrorKind::NotFound, fmt::format("there is no program \"{}\" beside {}, nor in "
                                                     "PATH",
                                                     name, self));
}

}  // namespace

std::string Roots::container(const std::string& id) const {
  return store + "/containers/" + id;
}

std::string Roots::recovery() const {
  return run + "/recovery";
}

std::string Roots::run_directory(const std::string& id) const {
  return run + '/' + id;
}

std::string Roots::runtime_state() const {
  return run + "/state";
}

network::Directories Roots::directories(const std::string& id) const {
  return {.container = container(id), .run = run_directory(id)};
}

std::string default_run_root() {
  if (const char* set = std::getenv("OCICTL_RUNROOT"); set != nullptr && *set == '/') return set;
  if (::geteuid() == 0) return "/run/ocictl";
  const char* given = std::getenv("XDG_RUNTIME_DIR");
  // After su it may be another user's.
  if (given != nullptr && *given == '/' && sys::owner_of(given) == ::geteuid()) {
    return std::string(given) + "/ocictl";
  }
  return fmt::format("/tmp/ocictl-{}", ::geteuid());
}

Result<> make_run_root(const std::string& run) {
  if (::mkdir(run.c_str(), kPrivate) != 0 && errno != EEXIST) {
    return system_error(errno, fmt::format("make \"{}\"", run));
  }
  struct stat info {};
  if (::lstat(run.c_str(), &info) != 0)
    return system_error(errno, fmt::format("look at \"{}\"", run));
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 022) != 0) {
    return make_error(ErrorKind::Denied,
                      fmt::format("\"{}\" is not a directory that only we may write to", run))
        .with_hint("name another one: --runroot DIR");
  }
  return {};
}

Result<Programs> find_programs(const std::string& runtime) {
  Programs programs;
  programs.self = TRY(sys::read_link(AT_FDCWD, "/proc/self/exe"));
  programs.shim = TRY(find_beside(programs.self, "ocirt-shim"));
  if (runtime.find('/') != std::string::npos) {
    programs.runtime = sys::resolved_path(runtime.c_str());
    if (programs.runtime.empty() || !sys::can_execute(programs.runtime.c_str())) {
      return make_error(ErrorKind::NotFound,
                        fmt::format("--runtime: \"{}\" is no program", runtime));
    }
    return programs;
  }
  programs.runtime = TRY(find_beside(programs.self, runtime.empty() ? "ocirt" : runtime));
  return programs;
}

Result<std::string> boot_id() {
  constexpr size_t kMost = 64;
  std::string text = TRY(sys::read_short_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", kMost));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace ocirt::containers
