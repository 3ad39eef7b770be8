// Finds the driver: its version, programs, configuration and sockets; the rest has its own files.
#include "hooks/nvidia/host/discover.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "hooks/nvidia/plan/library_table.h"
#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

// In this order; the last three are those of NixOS and of Google's container hosts.
constexpr std::string_view kProgramDirectories[] = {"/usr/bin",
                                                    "/usr/sbin",
                                                    "/usr/local/bin",
                                                    "/opt/bin",
                                                    "/bin",
                                                    "/run/current-system/sw/bin",
                                                    "/run/opengl-driver/bin",
                                                    "/usr/local/nvidia/bin"};
constexpr std::string_view kConfigDirectories[] = {"/etc", "/usr/share"};

std::string module_version(const HostView& view) {
  std::string version = parse_driver_version(read_text(view.host, "/proc/driver/nvidia/version"));
  if (version.empty()) {
    version = trimmed(read_text(view.host, "/sys/module/nvidia/version"));
  }
  return version;
}

void find_programs(const HostView& view, Driver& driver) {
  for (const KnownFile& known : known_programs()) {
    for (const std::string_view directory : kProgramDirectories) {
      const std::string path = std::string(directory) + '/' + std::string(known.name);
      const Result<UniqueFd> file = view.driver.open({path}, O_PATH);
      if (!file) continue;
      driver.files.push_back({.path = real_path(file->get()),
                              .destination = "/usr/bin/" + std::string(known.name),
                              .serves = known.serves});
      break;
    }
  }
}

void find_configs(const HostView& view, Driver& driver) {
  for (const KnownFile& known : known_configs()) {
    for (const std::string_view directory : kConfigDirectories) {
      const std::string path = std::string(directory) + '/' + std::string(known.name);
      const Result<UniqueFd> file = view.driver.open({path}, O_PATH);
      if (!file) continue;
      driver.files.push_back(
          {.path = real_path(file->get()), .destination = path, .serves = known.serves});
      break;
    }
  }
}

void find_sockets(const HostView& view, Driver& driver) {
  for (const KnownFile& known : known_sockets()) {
    const std::string path(known.name);
    if (!view.host.open({path}, O_PATH)) continue;
    driver.sockets.push_back(
        {.path = below(view.roots.host, path), .destination = path, .serves = known.serves});
  }
}

}  // namespace

std::optional<std::string> read_params(const sys::RootDir& host) {
  constexpr const char* kPath = "/proc/driver/nvidia/params";
  const Result<UniqueFd> file = host.open({kPath}, O_PATH);
  struct statfs about {};
  if (!file || ::fstatfs(file->get(), &about) != 0 || about.f_type != PROC_SUPER_MAGIC) {
    return std::nullopt;
  }
  return read_text(host, kPath);
}

Settings read_settings(const sys::RootDir& host) {
  return parse_settings(read_text(host, kSettingsPath));
}

Result<> use_driver_root(HostView& view, const Settings& settings) {
  if (settings.driver_root.empty() || settings.driver_root == "/") return {};
  view.roots.driver = {below(view.roots.host, settings.driver_root)};
  Result<sys::RootDir> root = sys::RootDir::open(view.roots.driver);
  if (!root) {
    return std::move(root).error().with_hint(
        fmt::format("nvidia-container-cli.root in {} names it", kSettingsPath));
  }
  view.driver = std::move(*root);
  return {};
}

Result<Driver> discover(const HostView& view) {
  Driver driver;
  driver.root = view.roots.driver.text;
  driver.version = module_version(view);
  if (driver.version.empty()) {
    return make_error(ErrorKind::NotFound,
                      "no NVIDIA driver is loaded (/proc/driver/nvidia/version is missing)")
        .with_hint(
            "does `nvidia-smi` work on the host? `ocirt-nvidia-hook doctor` says what lacks");
  }
  find_libraries(view, driver);
  find_programs(view, driver);
  find_configs(view, driver);
  find_sockets(view, driver);
  find_devices(view, driver);
  driver.params = read_params(view.host);
  return driver;
}

}  // namespace ocirt::nvidia
