// Reads the host's specifications of CDI.
#include "hooks/nvidia/cdi/registry.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "hooks/nvidia/host/privilege.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

constexpr size_t kLargest = 4 << 20;

}  // namespace

std::vector<std::string> default_cdi_directories() {
  std::vector<std::string> directories = {"/etc/cdi", "/var/run/cdi"};
  if (is_host_root()) return directories;
  const auto add = [&](const char* variable, const char* rest) {
    const char* value = ::secure_getenv(variable);
    if (value == nullptr || value[0] != '/') return false;
    directories.push_back(std::string(value) + rest);
    return true;
  };
  if (!add("XDG_CONFIG_HOME", "/cdi")) (void)add("HOME", "/.config/cdi");  // the default of XDG
  (void)add("XDG_RUNTIME_DIR", "/cdi");                                    // none: no session
  return directories;
}

CdiRegistry read_cdi(const HostView& host, std::span<const std::string> directories) {
  CdiRegistry registry;
  for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory) {
    for (const std::string& name : names_in(host.host, *directory)) {
      if (!name.ends_with(".json") && !name.ends_with(".yaml") && !name.ends_with(".yml")) continue;
      const std::string path = *directory + '/' + name;
      const Result<UniqueFd> file = host.host.open({path}, O_RDONLY | O_NONBLOCK);
      const Result<std::string> text =
          file ? sys::read_all(file->get(), kLargest) : Result<std::string>(file.error());
      Result<CdiSpec> spec = text ? parse_cdi(*text) : Result<CdiSpec>(text.error());
      if (!spec) {
        registry.warnings.push_back(fmt::format("{}: {}", path, spec.error().message()));
        continue;
      }
      registry.files.push_back({.directory = *directory, .path = path, .spec = std::move(*spec)});
    }
  }
  return registry;
}

std::string find_staleness(const HostView& host, const ContainerEdits& edits) {
  for (const CdiNode& node : edits.nodes) {
    const std::string& path = node.host_path.empty() ? node.path : node.host_path;
    const Result<struct stat> status = host.host.stat({path});
    if (!status) return fmt::format("{} is not there", path);
    const bool is_other = (node.major && *node.major != major(status->st_rdev)) ||
                          (node.minor && *node.minor != minor(status->st_rdev));
    if (is_other) {
      return fmt::format("{} is {}:{} by now", path, major(status->st_rdev),
                         minor(status->st_rdev));
    }
  }
  for (const CdiMount& mount : edits.mounts) {
    if (!host.host.stat({mount.host_path})) {
      return fmt::format("{} is not there", mount.host_path);
    }
  }
  return {};
}

std::string find_staleness(const HostView& host, const CdiSpec& spec) {
  std::string found = find_staleness(host, spec.edits);
  for (const CdiDevice& device : spec.devices) {
    if (found.empty()) found = find_staleness(host, device.edits);
  }
  return found;
}

}  // namespace ocirt::nvidia
