// Reads what a config asks for, and puts a plan into it.
#include "hooks/nvidia/apply/config.h"

#include <algorithm>
#include <iterator>

namespace ocirt::nvidia {

namespace {

constexpr std::string_view kAdmin = "CAP_SYS_ADMIN";

void add_device(spec::Linux& linux_, const PlannedDevice& planned) {
  std::erase_if(linux_.devices,
                [&](const spec::Device& one) { return one.path == planned.path.text; });
  linux_.devices.push_back({.type = "c",
                            .path = planned.path.text,
                            .major = planned.major,
                            .minor = planned.minor,
                            .file_mode = planned.mode,
                            .uid = planned.uid,
                            .gid = planned.gid});
  if (!linux_.resources) linux_.resources.emplace();
  // What the config has itself said of it comes before, and the last rule wins.
  linux_.resources->devices.push_back(
      {.allow = true, .type = "c", .major = planned.major, .minor = planned.minor, .access = "rw"});
}

}  // namespace

RequestSource source_of(const spec::Config& config, Settings settings) {
  RequestSource source{.settings = std::move(settings)};
  if (const auto found = config.annotations.find(kGpusAnnotation);
      found != config.annotations.end()) {
    source.annotation = found->second;
  }
  for (const spec::Mount& mount : config.mounts) {
    constexpr std::string_view kPlace = "/var/run/nvidia-container-devices/";
    if (mount.source == "/dev/null" && mount.destination.starts_with(kPlace)) {
      source.mounts.push_back(mount.destination.substr(kPlace.size()));
    }
  }
  if (!config.process) return source;
  source.env = config.process->env;
  if (const auto& sets = config.process->capabilities) {
    source.is_privileged =
        std::find(sets->bounding.begin(), sets->bounding.end(), kAdmin) != sets->bounding.end();
  }
  return source;
}

void set_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  std::erase_if(env, [&](const std::string& one) { return one.starts_with(name); });
  env.push_back(variable);
}

void add_to_config(const Plan& plan, spec::Config& config) {
  if (!config.linux_) config.linux_.emplace();
  for (const PlannedDevice& device : plan.devices) add_device(*config.linux_, device);
  std::vector<spec::Mount> files;
  for (const PlannedMount& mount : plan.mounts) {
    const bool is_file = mount.kind == MountKind::File;
    spec::Mount added{.destination = mount.destination.text,
                      .source = mount.source.text,
                      .options = {"bind", "nosuid", "nodev", is_file ? "ro" : "noexec", "private"},
                      .type = "bind"};
    (is_file ? files : config.mounts).push_back(std::move(added));
  }
  config.mounts.insert(config.mounts.begin(), std::make_move_iterator(files.begin()),
                       std::make_move_iterator(files.end()));
  if (!config.process) return;
  for (const std::string& variable : plan.env) set_variable(config.process->env, variable);
}

}  // namespace ocirt::nvidia
