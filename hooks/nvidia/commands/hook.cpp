// Gives a container its GPUs, as an OCI hook. Runs in: a hook of the runtime's namespaces
// (prestart, createRuntime) or of the container's (createContainer).
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/log.h"
#include "hooks/nvidia/apply/apply.h"
#include "hooks/nvidia/apply/config.h"
#include "hooks/nvidia/apply/enter.h"
#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/commands/verbs.h"
#include "hooks/nvidia/host/discover.h"
#include "spec/parse.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

using Json = nlohmann::json;

constexpr size_t kLongestState = 1 << 20;
constexpr size_t kLargestConfig = 64 << 20;

struct ContainerState {
  pid_t pid = 0;
  std::string bundle;
};

Result<ContainerState> read_state() {
  const std::string text = TRY(sys::read_all(STDIN_FILENO, kLongestState));
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto bundle = json.is_object() ? json.find("bundle") : json.end();
  if (!json.is_object() || bundle == json.end() || !bundle->is_string()) {
    return make_error(ErrorKind::InvalidConfig, "stdin is not the state of a container")
        .with_hint("this verb is called by a runtime, as a hook");
  }
  ContainerState state{.bundle = bundle->get_ref<const std::string&>()};
  if (const auto pid = json.find("pid"); pid != json.end() && pid->is_number_integer()) {
    state.pid = pid->get<pid_t>();
  }
  return state;
}

Result<std::unique_ptr<spec::Config>> read_config(const std::string& bundle) {
  const std::string path = bundle + "/config.json";
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kLargestConfig));
  return std::make_unique<spec::Config>(TRY(spec::parse_config(text)));
}

std::string rootfs_path(const ContainerState& state, const spec::Config& config) {
  const std::string path = config.root ? config.root->path : "rootfs";
  return path.starts_with('/') ? path : state.bundle + '/' + path;
}

// What CDI has given says NVIDIA_VISIBLE_DEVICES=void, and the rest is for us to do.
Result<std::optional<Request>> request_of(const spec::Config& config, const Arguments& arguments,
                                          const Settings& settings) {
  RequestSource source = source_of(config, settings);
  source.trust = arguments.trust;
  if (arguments.has_gpus) source.annotation = arguments.gpus;  // whoever wrote the hook's file
  std::vector<std::string> env(source.env.begin(), source.env.end());
  if (arguments.without_devices) env.emplace_back("NVIDIA_VISIBLE_DEVICES=");
  source.env = env;
  return find_request(source);
}

// In the container's namespaces we are in its cgroup, too, and see what its runtime allowed.
Result<> check_inside(const Driver& driver) {
  if (driver.control.access_error != EPERM) return {};
  return make_error(ErrorKind::Denied,
                    fmt::format("the container's device filter forbids {}", driver.control.path))
      .with_hint(
          "as root, install the hook for the stage prestart, or give the GPU by CDI (--device "
          "nvidia.com/gpu=...)");
}

// Our runtime heeds the annotation itself, and an engine may give GPUs by CDI: then all is there.
bool has_gpus(const sys::RootDir& root, const Driver& driver) {
  const Result<struct stat> node = root.stat({driver.control.destination});
  return node && S_ISCHR(node->st_mode) &&
         node->st_rdev == ::makedev(driver.control.major, driver.control.minor);
}

}  // namespace

Result<int> run_hook(const Arguments& arguments) {
  const ContainerState state = TRY(read_state());
  const std::unique_ptr<spec::Config> config = TRY(read_config(state.bundle));
  // With the host's view, and its rights.
  HostView host = TRY(HostView::open(arguments.roots));
  const Settings settings = read_settings(host.host);
  const std::optional<Request> request = TRY(request_of(*config, arguments, settings));
  if (!request) return 0;
  TRY(find_driver_root(host, arguments, settings));
  Driver driver = TRY(discover(host));
  const bool is_inside = arguments.words[0] == "createContainer";
  // Never from within a container: there nvidia-smi would run with what the container shows it.
  if (!is_inside) TRY(learn_slices(*request, driver));
  const std::string rootfs = rootfs_path(state, *config);
  if (is_inside && !arguments.without_devices) TRY(check_inside(driver));
  Plan plan =
      TRY(make_plan(driver, *request, look_at_rootfs(TRY(sys::RootDir::open(HostPath{rootfs})))));
  const Parts parts = arguments.without_devices ? Parts::WithoutDevices : Parts::All;
  if (parts == Parts::All) TRY(allow_devices(plan, *config, is_inside ? 0 : state.pid));

  if (!is_inside) TRY(enter_namespaces(state.pid));
  // Opened anew: this is where the container's mounts are.
  const sys::RootDir root = TRY(sys::RootDir::open(HostPath{rootfs}));
  if (parts == Parts::All && has_gpus(root, driver)) return 0;
  TRY(apply(plan, root, parts));
  for (const std::string& warning : plan.warnings) log_warning(warning);
  return 0;
}

}  // namespace ocirt::nvidia
