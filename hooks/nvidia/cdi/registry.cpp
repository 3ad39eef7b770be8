// Reads the host's specifications of CDI.
#include "hooks/nvidia/cdi/registry.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

constexpr size_t kLargest = 4 << 20;

std::string staleness_of(const HostView& host, const ContainerEdits& edits) {
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

}  // namespace

std::vector<std::string> default_cdi_directories() {
  return {"/etc/cdi", "/var/run/cdi"};
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
      for (const std::string& warning : spec->warnings) {
        registry.warnings.push_back(fmt::format("{}: {}", path, warning));
      }
      registry.files.push_back({.path = path, .spec = std::move(*spec)});
    }
  }
  return registry;
}

std::string find_staleness(const HostView& host, const CdiSpec& spec) {
  std::string found = staleness_of(host, spec.edits);
  for (const CdiDevice& device : spec.devices) {
    if (found.empty()) found = staleness_of(host, device.edits);
  }
  return found;
}

}  // namespace ocirt::nvidia
